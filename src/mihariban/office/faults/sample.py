"""Sample faults for the demo, made by the actions themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.faults.actions.close_fault import confirm_fault, repair_fault, restore_fault
from mihariban.office.faults.actions.log_call import log_call
from mihariban.office.faults.actions.open_fault import open_fault
from mihariban.office.faults.models import Fault
from mihariban.office.sites.models import Kiosk, Site


def make_sample(operator: Acting, manager: Acting, site: Site, day: date) -> list[Fault]:  # noqa: ARG001  # as in every app
    """A paper jam that is over and confirmed, and a scratched screen that waits; nothing that stops a kiosk. Nothing
    where the site has faults already.

    Args:
        operator, manager: who opens and who confirms.
        day: the office's today.
    """
    kiosk = Kiosk.objects.filter(site=site).order_by("pk").first()
    if kiosk is None or Fault.objects.filter(kiosk__site=site, state="open").exists():
        return []
    made = []
    if not Fault.objects.filter(kiosk__site=site).exists():
        made = [_jam(kiosk, lambda name: manager if name == "manager" else operator, lambda _: None)]
    screen = open_fault(
        kiosk, kind="system", what="画面の右下が反応しにくい", acting=operator, since=now() - timedelta(minutes=20)
    )
    log_call(
        screen,
        at=now(),
        spoken_to="見本保守 例 一郎",
        said="来週、部品を持って来る",
        acting=operator,
        stamp=screen.stamp,
    )
    return [*made, screen]


def make_jam(acting: Callable[[str], Acting], site: Site, turn: Callable[[int], None]) -> None:
    """A paper jam in the course of a morning.

    Args:
        acting: the owner of a sample account, acting now.
        turn: lets minutes pass on the office's clock.
    """
    kiosk = Kiosk.objects.filter(site=site).order_by("pk").first()
    if kiosk is not None:
        turn(127)  # the morning's check is over, people come
        _jam(kiosk, acting, turn)


def _jam(kiosk: Kiosk, acting: Callable[[str], Acting], turn: Callable[[int], None]) -> Fault:
    jam = open_fault(
        kiosk, kind="paper", what="証明書用紙がつまった", stop=True, acting=acting("hanako"), error_code="J-02"
    )
    turn(9)
    log_call(
        jam, at=now(), spoken_to="見本保守 例 一郎", said="紙を取り除く手順を聞いた", acting=acting("hanako"),
        stamp=jam.stamp,
    )  # fmt: skip
    turn(38)
    told = {"cause": "用紙の湿り", "repair": "つまった用紙を取り除いた"}
    repair_fault(jam, at=now(), **told, acting=acting("hanako"), stamp=jam.stamp)
    turn(6)
    restore_fault(jam, test="見本を 1 枚印刷した", acting=acting("hanako"), stamp=jam.stamp)
    turn(215)
    confirm_fault(jam, acting=acting("manager"), stamp=jam.stamp)
    return jam
