"""What the keys ask for today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.keyledger.board import counted_on, hooks
from mihariban.office.keyledger.models import KeyUse, Opening
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.today.tasks import Task

_SHOWN = 5


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:  # noqa: ARG001  # the same for every app
    """Keys out too long, counts that do not fit, openings nobody explained; the count of the day; uses to confirm."""
    if not KEYS.may_see(acting):
        return
    board = hooks()
    for hook in board:
        if hook.use is not None and hook.overdue:
            url = reverse("keyledger:bring_back", args=[hook.use.pk])
            title = T("鍵「{key}」が戻っていない", 'Key "{key}" is not back').format(key=hook.key.label)
            yield Task(title, "alarm", url, hook.due, _with(hook.use))
        if hook.missing:
            title = T("鍵「{key}」の本数が合わない", 'The count of key "{key}" does not fit')
            yield Task(title.format(key=hook.key.label), "alarm", reverse("keyledger:count"))
    yield from _openings()
    if board and KEYS.may_count(acting):
        title = T("鍵の本数の確認", "Count of the keys")
        yield Task(title, "done" if counted_on(acting.day) else "due", reverse("keyledger:count"))
    if KEYS.may_register(acting):
        yield from _unconfirmed()


def _openings() -> Iterator[Task]:
    for opening in Opening.objects.filter(explained_at=None).order_by("first")[:_SHOWN]:
        title = T("鍵の使用がないのに録画装置が操作された", "The recorder was handled without a key")
        url = reverse("keyledger:explain", args=[opening.pk])
        yield Task(title, "alarm", url, opening.first, T("管理者が説明します", "The manager explains it"))


def _unconfirmed() -> Iterator[Task]:
    waiting = KeyUse.objects.filter(confirmed_at=None, in_at__isnull=False).count()
    if waiting:
        title = T("鍵の使用 {n} 件の確認", "{n} key uses to confirm").format(n=waiting)
        yield Task(title, "due", f"{reverse('keyledger:uses')}?state=back")


def _with(use: KeyUse) -> T:
    return T("使用者 {who}", "with {who}").format(who=use.holder.name)
