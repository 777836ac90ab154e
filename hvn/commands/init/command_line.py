"""Print the command that repeats the answers of `hvn init`."""

import pathlib
import shlex
from collections.abc import Sequence

from hvn.commands.init.more_spokes import arguments_of
from hvn.commands.init.request import Request
from hvn.commands.spoke import conversion


def command_line(request: Request, azure_files: Sequence[pathlib.Path], vault_of: pathlib.Path | None) -> str:
    """Return the options that repeat the answers, in shell syntax."""
    words = [word for file in azure_files for word in ("--azure", str(file))]
    words += ["--vault-of", str(vault_of)] if vault_of else []
    # Without the option, the same files give the same proposal and its reminder.
    answers = {name: value for name, value in request.answers.items() if name not in request.planned}
    words += [word for name, value in answers.items() for word in (f"--{conversion.dashed(name)}", value)]
    words += [word for cidr in request.in_use for word in ("--in-use", str(cidr))]
    words += [
        word
        for site, cidrs in request.on_premises.items()
        for cidr in cidrs
        for word in ("--on-premises", f"{site}={cidr}")
    ]
    words += ["--cluster"] * request.cluster
    words += [word for app in request.apps for word in ("--app", str(app))]
    words += [word for pool in request.node_pools for word in ("--node-pool", str(pool))]
    words += [word for group in request.admin_groups for word in ("--admin-group", group)]
    words += ["--naming", request.scheme] if request.scheme else []
    for option, values in (("naming", request.naming), ("tag", request.tags)):
        words += [word for key, value in values.items() for word in (f"--{option}", f"{key}={value}")]
    words += [word for spoke in request.more for word in ("--add-spoke", arguments_of(spoke))]
    words += ["--ask"] * request.ask
    return shlex.join(words)
