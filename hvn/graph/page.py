"""Write the picture as one HTML page, which browsers open from a file and which makes no network request.

The content security policy allows only this page's script and style, by their hashes. The data is JSON in a script
element that browsers do not run. `<` is escaped, so that no text of the file can end the element.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from string import Template
from typing import Any

from hvn.diagnostics.printable import printable
from hvn.graph.layout import layout
from hvn.graph.picture import Picture
from hvn.graph.svg import ASSETS, drawing, stylesheet
from hvn.topology.address_plan import Pool

BAR_WIDTH, BAR_HEIGHT = 1000, 26
OPEN = 12
"""The maximum number of blocks of a pool that the page lists without a click."""


def to_html(picture: Picture, data: dict[str, Any], pools: Sequence[Pool]) -> str:
    """Return the page. Equal arguments give equal bytes."""
    style = stylesheet() + _asset("page.css")
    script = _asset("reach.js") + _asset("page.js")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    return Template(_asset("page.html")).substitute(
        policy=escape(policy),
        name=_text(picture.name),
        style=style,
        script=script,
        picture=drawing(picture, layout(picture)),
        pools="\n".join(map(_pool, pools)),
        logins="\n".join(map(_login, data["logins"])),
        data=_json(data),
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _json(data: object) -> str:
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _pool(pool: Pool) -> str:
    """Return the bar of an address pool: its used and free blocks in the order of their addresses."""
    transit = ", transit" if pool.transit else ""
    head = _text(f"{pool.name} {pool.cidr}{transit}: {pool.free:,} of {pool.cidr.num_addresses:,} addresses free")
    rects, first = [], int(pool.cidr.network_address)
    for cidr, owner in pool.blocks:
        x = (int(cidr.network_address) - first) / pool.cidr.num_addresses * BAR_WIDTH
        width = max(cidr.num_addresses / pool.cidr.num_addresses * BAR_WIDTH, 0.6)
        name = "used" if owner else "free"
        title = f"{cidr} {_text(owner or 'free')}"
        rects.append(
            f'<rect class="{name}" x="{x:.2f}" width="{width:.2f}" height="{BAR_HEIGHT}"><title>{title}</title></rect>'
        )
    rows = "".join(
        f"<tr><td><code>{cidr}</code></td><td>{_text(owner or 'free')}</td></tr>" for cidr, owner in pool.blocks
    )
    opened = " open" if len(pool.blocks) <= OPEN else ""
    size = f'viewBox="0 0 {BAR_WIDTH} {BAR_HEIGHT}" preserveAspectRatio="none"'
    return (
        f'<section class="pool-plan"><h3>{head}</h3><svg {size} role="img" aria-label="{head}">{"".join(rects)}</svg>'
        f"<details{opened}><summary>Blocks of {_text(pool.name)}</summary><table><thead><tr><th>Block</th>"
        f"<th>Owner</th></tr></thead><tbody>{rows}</tbody></table></details></section>"
    )


def _login(login: dict[str, Any]) -> str:
    """Return the HTML of a login: its token, its paths, and the paths of the policy for people."""
    subjects = ", ".join(f"<code>{_text(subject)}</code>" for subject in login["subjects"])
    token = f"Token: {subjects}, audience <code>{_text(login['audience'])}</code>"
    role = f"role <code>{_text(login['role'])}</code> of <code>{_text(login['mount'])}</code>"
    writes = f"<p>Policy for people who write the secrets:</p>{_paths(login['writes'])}" if login["writes"] else ""
    return f"<h3>{_text(login['who'])}</h3><p>{token}, {role}</p>{_paths(login['rules'])}{writes}"


def _paths(rules: Sequence[tuple[str, str]]) -> str:
    items = (f"<li><code>{_text(path)}</code> ({_text(capabilities)})</li>" for path, capabilities in rules)
    return f"<ul>{''.join(items)}</ul>"


def _text(text: str) -> str:
    return escape(printable(text, 2000))
