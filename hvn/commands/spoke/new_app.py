"""Parse the text that describes a new app: `NAMESPACE/SERVICE-ACCOUNT`, optionally with the path of the app's
secret."""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from hvn.diagnostics.printable import printable
from hvn.topology.fields import Label, ObjectName, SecretPath

FORM = "NAMESPACE/SERVICE-ACCOUNT[=SECRET-PATH]"


@dataclass(frozen=True, slots=True)
class NewApp:
    """An app that a command adds. An empty `path` means `<spoke>/<app>`."""

    namespace: str
    service_account: str
    path: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.service_account}{f'={self.path}' if self.path else ''}"


def new_app(text: str) -> NewApp:
    """Return the app that this text describes. Raises `ValueError` with one line for an invalid text."""
    login, sign, path = text.partition("=")
    namespace, slash, account = login.partition("/")
    if not (namespace and slash and account) or "/" in account or bool(sign) != bool(path):
        raise ValueError(f"{printable(text)} is not {FORM}, for example shop/checkout")
    for type_, value in ((Label, namespace), (ObjectName, account), *([(SecretPath, path)] if path else [])):
        try:
            TypeAdapter(type_).validate_python(value)
        except ValidationError as error:
            raise ValueError(f"{printable(text)}: {printable(value)} {error.errors()[0]['msg']}") from None
    return NewApp(namespace, account, path)
