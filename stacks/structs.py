"""Send only the arguments of a resource that have a value. jsii itself reads all properties of the resource's struct,
and builds a type hint for each property. It sends null for an argument without a value.

Node ignores null. Reasons and figures: docs/decisions/0002-lazy-bindings.md.
"""

from typing import Any

import jsii._kernel

convert: Any = jsii._kernel._make_reference_for_native


def reference(kernel: Any, value: Any) -> Any:
    """Return the result of `convert`, but without the null values of structs."""
    names: Any = getattr(type(value), "__jsii_name_mapping__", None)
    values: Any = getattr(value, "_values", None) if names else None
    if not values or not values.keys() <= names.keys():
        return convert(kernel, value)
    data = {names[name]: reference(kernel, argument) for name, argument in values.items() if argument is not None}
    return {"$jsii.struct": {"fqn": value.__jsii_type__, "data": data}}


def install() -> None:
    """Replace the function, which the kernel looks up for each call."""
    jsii._kernel._make_reference_for_native = reference  # type: ignore[assignment]
