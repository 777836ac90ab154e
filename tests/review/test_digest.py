"""Digests of two plans, redacted or not, differ if and only if the plans' actions differ."""

import json
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hvn.plans.redacted import redacted
from hvn.review import approval
from hvn.review.differences import normal
from hvn.review.plan import EXPRESSIONS, UNEXPLAINED
from hvn.review.plan_files import parse
from tests.review.plans import plan, resource

LONG = "azurerm_route_table." + "x" * 300
LIVE = resource("hcp_vault_cluster.vault", actions=("delete",), before={"id": "/a"})
UPDATE = resource(before={"id": "/a", "a": 1}, after={"id": "/a", "a": 2})
CREATE = resource(actions=("create",), after={"a": 1}, after_unknown={"id": True})
PROVIDER = {"azurerm": {"expressions": {"subscription_id": {"constant_value": "one"}}}}
TWO = {"azurerm": {"expressions": {"subscription_id": {"constant_value": "two"}}}}


def digests(content: bytes) -> tuple[str, str]:
    """Return the digests of the plan and of the redacted plan."""
    read = parse("w", content)
    assert not read.unknowns
    return read.digest, parse("w", redacted(content.decode()).encode()).digest


def update(before: Any, after: Any, **more: Any) -> bytes:
    return plan(resource(before={"a": before}, after={"a": after}, **more))


def two(before: Any, after: Any, **more: Any) -> bytes:
    """Return a plan with an additional argument that differs."""
    return plan(resource(before={"a": before, "b": 1}, after={"a": after, "b": 2}, **more))


def made(after: Any, **more: Any) -> bytes:
    return plan(resource(actions=("create",), after={"a": after}, **more))


def of(actions: Any, before: Any = None, after: Any = None, **more: Any) -> bytes:
    return plan(resource(actions=actions, before=before, after=after, **more))


def output(**change: Any) -> bytes:
    return plan(output_changes={"o": {"actions": ["update"], **change}})


def configured(providers: Any, key: str = "azurerm", *, within: bool = False, **more: Any) -> bytes:
    module = {
        "resources": [{"address": "azurerm_route_table.one", "provider_config_key": key, "expressions": {}, **more}]
    }
    root = {"module_calls": {"m": {"module": module}}} if within else module
    return plan(CREATE, configuration={"provider_config": providers, "root_module": root})


def written(text: Any, *, of: Any = CREATE, names: tuple[str, ...] = ("a.b.id", "a.b"), **more: Any) -> bytes:
    """Return a plan with an expression in its configuration. The value of the expression is known only after apply."""
    expressions = {"pool": [{"vnet": {"constant_value": text, "references": [*names]}}], "a": {"constant_value": 1}}
    block = {"address": of["address"].partition("[")[0], "expressions": expressions, "provider_config_key": "a", **more}
    return plan(of, configuration={"root_module": {"resources": [block]}})


def output_written(text: str) -> bytes:
    outputs = {"o": {"expression": {"constant_value": text, "references": ["a.b.id", "a.b"]}}}
    change = {"o": {"actions": ["create"], "after_unknown": True}}
    return plan(output_changes=change, configuration={"root_module": {"outputs": outputs}})


READ = resource("data.a.b", actions=("read",), after={}, after_unknown={"pool": True})
EACH = {**CREATE, "address": 'azurerm_route_table.one["a.b[0]"]'}
DIFFERENT = {
    # The plans differ in an action or its address.
    "a resource more": (plan(UPDATE, CREATE), plan(UPDATE)),
    "twice": (plan(LIVE, LIVE), plan(LIVE)),
    "address": (plan(UPDATE), plan({**UPDATE, "address": "azurerm_route_table.two"})),
    "address at its end": (plan(resource(f"{LONG}a", before={}, after={"a": 1})),
                           plan(resource(f"{LONG}b", before={}, after={"a": 1}))),
    "mode": (plan(UPDATE), plan({**UPDATE, "mode": "managed"})),
    "provider": (plan({**CREATE, "provider_name": "registry.terraform.io/hashicorp/azurerm"}),
                 plan({**CREATE, "provider_name": "registry.opentofu.org/hashicorp/azurerm"})),
    "a left-over object": (plan({**LIVE, "deposed": "0123abcd"}), plan(LIVE)),
    "moved": (plan({**UPDATE, "previous_address": "azurerm_route_table.two"}), plan(UPDATE)),
    "moved, and nothing else": (plan({**resource(actions=("no-op",)), "previous_address": "a.two"}),
                                plan({**resource(actions=("no-op",)), "previous_address": "a.three"})),
    "order of a replacement": (of(("create", "delete")), of(("delete", "create"))),
    "one that stays": (of(("create", "delete")), of(("create", "forget"))),
    "delete or forget": (of(("delete",), {"id": "a"}), of(("forget",), {"id": "a"})),
    "what forces it": (of(("create", "delete"), replace_paths=[["a", "b"]]),
                       of(("create", "delete"), replace_paths=[["a.b"]])),
    # The plans differ in the object of an action.
    "import": (of(("no-op",), importing={"id": "/a"}), of(("no-op",), importing={"id": "/b"})),
    "import by identity": (of(("no-op",), importing={"identity": {"n": 1}}),
                           of(("no-op",), importing={"identity": {"n": "1"}})),
    "import and update": (update(1, 2, importing={"id": "/a"}), update(1, 2)),
    "another object goes": (of(("delete",), {"id": "/a"}), of(("delete",), {"id": "/b"})),
    "another without an id goes": (of(("delete",), {"name": "a"}), of(("delete",), {"name": "b"})),
    "another is replaced": (of(("create", "delete"), {"id": "/a"}, {"a": 1}),
                            of(("create", "delete"), {"id": "/b"}, {"a": 1})),
    "another is updated": (plan(UPDATE), plan(resource(before={"id": "/b", "a": 1}, after={"id": "/b", "a": 2}))),
    # The plans differ in values.
    "before": (update(1, 3), update(2, 3)),
    "before what is not known": (update(1, None, after_unknown={"a": True}),
                                 update(2, None, after_unknown={"a": True})),
    "after": (update(1, 2), update(1, 3)),
    "made": (made(1), made(2)),
    "not changed by a replacement": (of(("create", "delete"), {"id": "/a", "a": 1}, {"a": 1}),
                                     of(("create", "delete"), {"id": "/a", "a": 2}, {"a": 2})),
    "number and text": (update("x", "1"), update("x", 1)),
    "number and truth": (update([0, 0], [0, 1]), update([0, 0], [0, True])),
    "in place of the other": (update(1, True), update(True, 1)),
    "null and text": (update(1, None), update(1, "null")),
    "list and text": (update([1], "[2]"), update([1], [2])),
    "nothing and an empty object": (update(None, {}), update(None, {"x": None})),
    "a key with a point": (plan(resource(before={"a.b": 1}, after={"a.b": 2})),
                           plan(resource(before={"a": {"b": 1}}, after={"a": {"b": 2}}))),
    "a key and a place": (plan(resource(before={"a[0]": 1}, after={"a[0]": 2})),
                          plan(resource(before={"a": [1]}, after={"a": [2]}))),
    "a long key at its end": (plan(resource(before={f"{LONG}a": 1}, after={f"{LONG}a": 2})),
                              plan(resource(before={f"{LONG}b": 1}, after={f"{LONG}b": 2}))),
    "a long value at its end": (update("x", f"{LONG}a"), update("x", f"{LONG}b")),
    "the twenty-first argument": (update({}, {f"{n:02}": 1 for n in range(22)}),
                                  update({}, {f"{n:02}": 1 + (n == 21) for n in range(22)})),
    # The plans differ in values that are known only after apply.
    "known or not": (made(None), made(None, after_unknown={"a": True})),
    "known beside what is not": (made([{"size": 1}], after_unknown={"a": [{"id": True}]}),
                                 made([{"size": 2}], after_unknown={"a": [{"id": True}]})),
    "known beside what is not, in an update": (update([], [{"size": 1}], after_unknown={"a": [{"id": True}]}),
                                               update([], [{"size": 2}], after_unknown={"a": [{"id": True}]})),
    "what is not known": (update([], [{}], after_unknown={"a": [{"one": True}]}),
                          update([], [{}], after_unknown={"a": [{"two": True}]})),
    "what is not known of no element": (two([1], [1], after_unknown={"a": [False, True]}), two([1], [1])),
    "what is not known of another form": (two([1], [1], after_unknown={"a": {"b": True}}), two([1], [1])),
    "to what it refers": (written("${a.b.id}"), written("${a.c.id}", names=("a.c.id", "a.c"))),
    "what stands beside a reference": (written("${a.b.id}"), written("${a.b.id}-other")),
    "which argument refers": (written({"a": "${a.b.id}"}), written({"b": "${a.b.id}"})),
    "what refers to nothing": (written("${uuid()}", names=()), written("${timestamp()}", names=())),
    "to what one of many refers": (written("${a.b.id}", of=EACH), written("${a.c.id}", of=EACH)),
    "to what an output refers": (output_written("${a.b.id}"), output_written("${a.c.id}")),
    "to what a reading refers": (written("${a.b.id}", of=READ), written("${a.c.id}", of=READ)),
    "what is read after apply": (written("one", of=READ, names=()), written("two", of=READ, names=())),
    # The plans differ in sensitive values.
    "sensitive or not": (update(1, 2, after_sensitive={"a": True}), update(1, 2)),
    "sensitive from now on": (two(1, 1, after_sensitive={"a": True}), two(1, 1)),
    "sensitive and its word": (update([1], [1, 2], after_sensitive={"a": [False, True]}),
                               update([1], [1, "(sensitive)"])),
    "sensitive and its word, made": (made(1, after_sensitive={"a": True}), made("(sensitive)")),
    "sensitive and its form": (made(1, after_sensitive={"a": True}), made({"stands": "(sensitive)"})),
    "sensitive that differs": (two(1, 2, after_sensitive={"a": True}), two(1, 1, after_sensitive={"a": True})),
    "sensitive truth": (two(1, True, after_sensitive={"a": True}), two(1, 1, after_sensitive={"a": True})),
    "sensitive number and truth": (two([1], [True], after_sensitive={"a": True}),
                                   two([1], [1], after_sensitive={"a": True})),
    # The plans differ in an output or a provider.
    "output": (output(after=1), plan(output_changes={"p": {"actions": ["update"], "after": 1}})),
    "value of an output": (output(before=0, after=1), output(before=0, after="1")),
    "action of an output": (output(after=None), plan(output_changes={"o": {"actions": ["delete"], "after": None}})),
    "where a provider goes": (configured(PROVIDER), configured(TWO)),
    "which provider": (configured(PROVIDER), configured(PROVIDER, "azurerm.hub")),
    "a provisioner": (configured(PROVIDER, provisioners=[{"type": "local-exec"}]), configured(PROVIDER)),
    "which provider in a module": (configured(PROVIDER, within=True), configured(PROVIDER, "m:azurerm", within=True)),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_changes_have_different_digests(name: str) -> None:
    one, other = map(digests, DIFFERENT[name])
    assert one[0] == one[1], "redacted"
    assert other[0] == other[1], "redacted"
    assert one[0] != other[0]


EQUAL = {
    "time and version": (plan(UPDATE, timestamp="now"), plan(UPDATE, timestamp="later", terraform_version="1.99.0")),
    "order": (plan(UPDATE, CREATE), plan(CREATE, UPDATE)),
    "order of two of one address": (plan(LIVE, {**LIVE, "deposed": "0123abcd"}),
                                    plan({**LIVE, "deposed": "0123abcd"}, LIVE)),
    "order of keys": (made({"a": 1, "b": 2}), made({"b": 2, "a": 1})),
    "order of what forces it": (of(("create", "delete"), replace_paths=[["a"], ["b"]]),
                                of(("create", "delete"), replace_paths=[["b"], ["a"]])),
    "what is not changed": (plan(UPDATE, resource("a.b", actions=("no-op",))), plan(UPDATE)),
    "what is read": (plan(UPDATE, resource("data.a.b", actions=("read",), after={"a": 1})), plan(UPDATE)),
    "drift": (plan(UPDATE, resource_drift=[CREATE]), plan(UPDATE)),
    "what an edit explains": (plan(UPDATE, **{UNEXPLAINED: {"azurerm_route_table.one": []}}), plan(UPDATE)),
    "the state of what stays": (plan(UPDATE, prior_state={"a": 1}), plan(UPDATE, prior_state={"a": 2})),
    "what an update leaves": (plan(resource(before={"a": 1, "etag": 1}, after={"a": 2, "etag": 1})),
                              plan(resource(before={"a": 1, "etag": 2}, after={"a": 2, "etag": 2}))),
    "the state of what goes": (of(("delete",), {"id": "/a", "etag": 1}), of(("delete",), {"id": "/a", "etag": 2})),
    "the state of what is replaced": (
        of(("create", "delete"), {"id": "/a", "etag": 1}, {"a": 1}, after_unknown={"etag": True}),
        of(("create", "delete"), {"id": "/a", "etag": 2}, {"a": 1}, after_unknown={"etag": True}),
    ),
    "why": (plan({**UPDATE, "action_reason": "a"}), plan(UPDATE)),
    "an output that stays": (plan(UPDATE, output_changes={"o": {"actions": ["no-op"], "after": 1}}), plan(UPDATE)),
    "the value of a secret": (made(1, after_sensitive={"a": True}), made(2, after_sensitive={"a": True})),
    "the value of a secret output": (output(after=1, after_sensitive=True), output(after=2, after_sensitive=True)),
    "how what is known already is written": (written("${a.b.id}", of=UPDATE), written("${a.c.id}", of=UPDATE)),
    "order of the names": (written("${a.b.id}"), written("${a.b.id}", names=("a.b", "a.b.id"))),
    "the provider of what is not there": (configured(None, "azurerm"), configured(None, "azurerm")),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUAL)
def test_equal_changes_have_equal_digests(name: str) -> None:
    assert len({each for content in EQUAL[name] for each in digests(content)}) == 1


@pytest.mark.parametrize("made", [
    written("${local.x}", names=("local.x",)),
    written("${var.x}", names=("var.x",)),
    written("${module.x.id}", names=("module.x.id", "module.x")),
    written("${each.value}", names=("each.value",), of=EACH),
    written(None),
    written("${local.x}", names=("local.x",), of=READ),
    written("a", names=(), provisioners=[{"expressions": {"command": {"references": ["local.x"]}}}]),
    written("a", names=(), provisioners=[
        {"expressions": {"command": {"constant_value": "${local.x}", "references": ["local.x"]}}}
    ]),
    configured({"a": {"expressions": {"url": {"constant_value": "${var.x}", "references": ["var.x"]}}}}),
])  # fmt: skip
def test_a_reference_without_a_value_is_unknown(made: bytes) -> None:
    unknowns = parse("w", made).unknowns
    assert any("place" in dict(unknown.facts) for unknown in unknowns)
    assert unknowns == parse("w", redacted(made.decode()).encode()).unknowns
    assert "w=" not in approval.mark([parse("w", made)])


def test_a_variable_whose_value_is_in_the_plan_is_known() -> None:
    known = resource(actions=("create",), after={"pool": [{"vnet": "x"}]}, after_unknown={"id": True, "pool": [{}]})
    assert parse("w", written("${var.x}", names=("var.x",), of=known)).unknowns == ()
    open_ = {**known["change"], "after_unknown": {"pool": [{"vnet": True}]}}
    assert parse("w", written("${var.x}", names=("var.x",), of={**known, "change": open_})).unknowns
    two = {**known["change"], "after": {"pool": [{"vnet": "x"}, {"vnet": "y"}]}}
    assert parse("w", written("${var.x}", names=("var.x",), of={**known, "change": two})).unknowns


def test_a_malformed_digest_is_unknown() -> None:
    assert parse("w", plan(UPDATE, **{EXPRESSIONS: ["", [], ""]})).unknowns


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "1", "null", "true", "(sensitive)"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "id", "object"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(values, values)
def test_different_values_have_different_digests(one: Any, other: Any) -> None:
    assume(json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True))
    assert parse("w", made(one)).digest != parse("w", made(other)).digest
    assert parse("w", update("before", one)).digest != parse("w", update("before", other)).digest
    if bare(normal(one)) != bare(normal(other)):
        assert parse("w", update(one, other)).changes[0].differences


def bare(value: Any) -> str:
    """Return the value as JSON without null attributes: Terraform treats a missing attribute of an object as null."""
    text = json.dumps(value, sort_keys=True)
    return re.sub(r'"\w+": null(, )?', "", text).replace(", }", "}")
