"""`hvn addresses`: list the address plan."""

import json
import pathlib

import click

from hvn.options import format_option, require, topology_argument
from hvn.topology import address_plan


@click.command()
@topology_argument(stdin=True)
@format_option
def command(file: pathlib.Path | None, form: str) -> None:
    """List the used and free blocks of the address pools.

    Lists the blocks of each pool by address, with the spoke of each used block. FILE - is standard input.

    \b
    Example:
      hvn addresses --format json
    """
    pools = address_plan.pools(require(file).topology)
    if form == "json":
        click.echo(json.dumps([_as_json(pool) for pool in pools], indent=2))
        return
    click.echo("\n\n".join(_as_text(pool) for pool in pools))


def _as_text(pool: address_plan.Pool) -> str:
    head = (
        f"{pool.name} {pool.cidr}{' (transit)' if pool.transit else ''}: {pool.used:,} of {pool.cidr.num_addresses:,} "
        f"addresses used, {pool.free:,} free, largest free block {pool.largest_free or '-'}"
    )
    return "\n".join((head, *(f"  {cidr!s:<18}  {spoke or '-'}" for cidr, spoke in pool.blocks)))


def _as_json(pool: address_plan.Pool) -> dict[str, object]:
    return {
        "pool": pool.name,
        "cidr": str(pool.cidr),
        "transit": pool.transit,
        "used": pool.used,
        "free": pool.free,
        "largest_free": str(pool.largest_free) if pool.largest_free else None,
        "blocks": [{"cidr": str(cidr), "spoke": spoke} for cidr, spoke in pool.blocks],
    }
