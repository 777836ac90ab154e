"""Helm knows the repository of the operator's chart: by hand it says `repo hashicorp not found` otherwise."""

import json
from collections.abc import Iterator

from hvn.doctor.context import Situation, ask
from hvn.doctor.said import Said, fine, not_checked, wrong
from hvn.kinds.vso.inputs import VSO_REPOSITORY

ADD = f"helm repo add hashicorp {VSO_REPOSITORY}"


def check(situation: Situation) -> Iterator[Said]:
    """Terraform does not need it: the workspace names the repository's URL."""
    about = "helm repository"
    output = ask(situation, "helm", "repo", "list", "-o", "json")
    if output is None:  # without any repository helm fails
        yield wrong(about, "none is known; Terraform needs none", ADD)
        return
    try:
        urls = {str(each["url"]).rstrip("/") for each in json.loads(output)}
    except (ValueError, KeyError, TypeError, RecursionError):
        yield not_checked(about, "helm printed no list", "helm version")
        return
    if VSO_REPOSITORY in urls:
        yield fine(about, f"{VSO_REPOSITORY} is known")
    else:
        yield wrong(about, f"{VSO_REPOSITORY} is not known; Terraform needs none", ADD)
