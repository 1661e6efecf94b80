"""What is offered can be opened, and one entry alone is where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from mihariban.office.base.acting import Acting, Role
from mihariban.office.web.nav import links

Someone = Callable[..., Acting]


@pytest.mark.parametrize("role", ["manager", "operator", "auditor", "it", "vendor"])
def test_every_entry_opens_for_whom_it_is_offered(someone: Someone, client: Client, role: Role) -> None:
    acting = someone(role)
    client.force_login(acting.user)
    offered = links(acting, "/today/")
    assert [link.address for link in offered if link.here] == ["/today/"]
    statuses = {link.address: client.get(link.address, secure=True).status_code for link in offered}
    assert set(statuses.values()) == {200}, statuses


def test_somebody_without_a_role_is_offered_nothing_that_is_refused(someone: Someone, client: Client) -> None:
    acting = someone()
    client.force_login(acting.user)
    refused = client.get("/today/", secure=True)
    assert refused.status_code == 403
    assert "あなたには役割がありません" in refused.content.decode()
    assert all(client.get(link.address, secure=True).status_code == 200 for link in links(acting, "/"))


@pytest.mark.parametrize(
    ("path", "here"), [("/people/", "/people/"), ("/people/deputy/", "/people/deputy/"), ("/people/1/", "/people/")]
)
def test_the_longest_address_is_where_one_is(someone: Someone, path: str, here: str) -> None:
    assert [link.address for link in links(someone("manager"), path) if link.here] == [here]
