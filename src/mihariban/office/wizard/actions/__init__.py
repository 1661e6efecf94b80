"""One module per action of the wizard."""

from mihariban.office.wizard.actions.add_member import Member, add_member
from mihariban.office.wizard.actions.begin_set_up import begin_set_up
from mihariban.office.wizard.actions.change_zone import change_zone
from mihariban.office.wizard.actions.finish_step import finish_step
from mihariban.office.wizard.actions.keep_plan import keep_plan
from mihariban.office.wizard.actions.mark_cameras import Mark, mark_cameras
from mihariban.office.wizard.actions.name_kiosks import Named, name_kiosks
from mihariban.office.wizard.actions.read_equipment import read_equipment
from mihariban.office.wizard.actions.set_section import Manager, set_section
from mihariban.office.wizard.actions.sign_set_up import sign_set_up
from mihariban.office.wizard.actions.take_still import take_still

__all__ = [
    "Manager",
    "Mark",
    "Member",
    "Named",
    "add_member",
    "begin_set_up",
    "change_zone",
    "finish_step",
    "keep_plan",
    "mark_cameras",
    "name_kiosks",
    "read_equipment",
    "set_section",
    "sign_set_up",
    "take_still",
]
