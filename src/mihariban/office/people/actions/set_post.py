"""Make a post, or mend what it is."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.people.managers import manager_stays
from mihariban.office.people.models import Post
from mihariban.office.people.policy import PEOPLE


def set_post(  # the facts of a post
    post: Post | None,
    *,
    name: str,
    rank: int,
    acting: Acting,
    manages: bool = False,
    deputises: bool = False,
    stamp: int = 0,
) -> Post:
    """A new post where ``post`` is None, else that one changed.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else was faster.
        LastManager: it was the post of the last manager.
    """
    with action(acting, PEOPLE.may_set_post(acting, post)) as act, manager_stays():
        if post is None:
            post = Post()
        else:
            post.check_stamp(stamp, T("この職", "this post"))
        post.name, post.rank, post.manages, post.deputises = name, rank, manages, deputises
        post.save()
        facts: dict[str, str | int] = {"post": name, "manages": int(manages), "deputises": int(deputises)}
        act.enter(Draft(Tag.POST_NAME_SET, {**facts, "rank": rank}))
    return post
