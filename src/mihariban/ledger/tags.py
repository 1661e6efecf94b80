"""What an entry is about: one enum ``noun:part:verb``. A retired tag is no longer written and stays readable.

The sentences for people are in ``sentences.py``; an entry stores facts only.
"""

from __future__ import annotations

from enum import StrEnum


class Tag(StrEnum):
    """The deeds and events that are entered."""

    # What the recorder sees
    VISIT_DAY_LIST = "visit:day:list"
    VISIT_RECORD_SHRINK = "visit:record:shrink"
    VISIT_FOOTAGE_LOSE = "visit:footage:lose"
    CLIP_KEY_DESTROY = "clip:key:destroy"
    CLIP_REGION_OVERWRITE = "clip:region:overwrite"
    CLIP_DAMAGE_FIND = "clip:damage:find"
    GAP_RECORDING_BEGIN = "gap:recording:begin"
    GAP_RECORDING_END = "gap:recording:end"
    CLOSED_PERIOD_BEGIN = "closed:period:begin"
    CLOSED_PERIOD_END = "closed:period:end"

    # Keeping and erasing
    HOLD_FOOTAGE_PLACE = "hold:footage:place"
    HOLD_FOOTAGE_REFUSE = "hold:footage:refuse"
    HOLD_FOOTAGE_RELEASE = "hold:footage:release"
    HOLD_REVIEW_OVERDUE = "hold:review:overdue"
    EXPIRY_DEADLINE_REACH = "expiry:deadline:reach"
    EXPIRY_DEADLINE_CHANGE = "expiry:deadline:change"
    EXPIRY_CAPACITY_FORECAST = "expiry:capacity:forecast"
    ERASURE_CLIP_ENTER = "erasure:clip:enter"
    ERASURE_LEVEL_RAISE = "erasure:level:raise"

    # Letting see
    GRANT_FOOTAGE_ISSUE = "grant:footage:issue"
    GRANT_FOOTAGE_ACCEPT = "grant:footage:accept"
    GRANT_FOOTAGE_REFUSE = "grant:footage:refuse"
    GRANT_FOOTAGE_REVOKE = "grant:footage:revoke"
    FOOTAGE_SECONDS_SERVE = "footage:seconds:serve"
    FOOTAGE_EXTRACT_MAKE = "footage:extract:make"
    FOOTAGE_STILL_TAKE = "footage:still:take"
    FOOTAGE_PACKAGE_MAKE = "footage:package:make"
    FOOTAGE_MEDIUM_HAND = "footage:medium:hand"
    FOOTAGE_MEDIUM_RETURN = "footage:medium:return"
    FOOTAGE_MEDIUM_ERASE = "footage:medium:erase"

    # The machine
    VOLUME_RING_CREATE = "volume:ring:create"
    VOLUME_RING_ALTER = "volume:ring:alter"
    VOLUME_SCRUB_FINISH = "volume:scrub:finish"
    VOLUME_DISK_FAIL = "volume:disk:fail"
    KEY_ROOT_ROTATE = "key:root:rotate"
    KEY_SIGNING_REPLACE = "key:signing:replace"
    KEY_RECORDER_TURN = "key:recorder:turn"
    CLOCK_WALL_STEP = "clock:wall:step"
    CLOCK_QUALITY_CHANGE = "clock:quality:change"
    CLOCK_CAMERA_DEVIATE = "clock:camera:deviate"
    HEALTH_FINDING_BEGIN = "health:finding:begin"
    HEALTH_FINDING_END = "health:finding:end"
    HEALTH_VISITS_MISS = "health:visits:miss"
    BOOT_PROCESS_START = "boot:process:start"
    BOOT_PROCESS_STOP = "boot:process:stop"
    RECOVERY_VOLUME_FINISH = "recovery:volume:finish"
    RECOVERY_INDEX_REBUILD = "recovery:index:rebuild"
    SOFTWARE_VERSION_CHANGE = "software:version:change"

    # The rule
    POLICY_VERSION_USE = "policy:version:use"
    POLICY_VERSION_RECEIVE = "policy:version:receive"
    POLICY_VERSION_REFUSE = "policy:version:refuse"
    POLICY_VERSION_ADOPT = "policy:version:adopt"
    POLICY_VERSION_PROPOSE = "policy:version:propose"
    POLICY_VERSION_APPROVE = "policy:version:approve"
    POLICY_VERSION_DECLINE = "policy:version:decline"
    POLICY_VERSION_RETRACT = "policy:version:retract"
    CALENDAR_ENTRY_PUT = "calendar:entry:put"
    CALENDAR_ENTRY_WITHDRAW = "calendar:entry:withdraw"
    CALENDAR_CHANGE_PROPOSE = "calendar:change:propose"
    CALENDAR_CHANGE_APPROVE = "calendar:change:approve"
    CALENDAR_CHANGE_REFUSE = "calendar:change:refuse"
    CALENDAR_CHANGE_WITHDRAW = "calendar:change:withdraw"
    SITE_EQUIPMENT_REGISTER = "site:equipment:register"
    ROLE_PERSON_ASSIGN = "role:person:assign"
    ROLE_PERSON_REMOVE = "role:person:remove"
    SESSION_PERSON_BEGIN = "session:person:begin"
    SESSION_PERSON_REFUSE = "session:person:refuse"
    ACCOUNT_PERSON_CREATE = "account:person:create"
    ACCOUNT_PERSON_CLOSE = "account:person:close"
    ACCOUNT_PERSON_REOPEN = "account:person:reopen"
    ACCOUNT_PASSWORD_RESET = "account:password:reset"  # noqa: S105  # a tag
    ACCOUNT_FACTOR_RESET = "account:factor:reset"
    PERSON_RECORD_ENTER = "person:record:enter"
    PERSON_RECORD_CHANGE = "person:record:change"
    POST_NAME_SET = "post:name:set"
    POST_PERSON_APPOINT = "post:person:appoint"
    POST_PERSON_LEAVE = "post:person:leave"
    DEPUTY_ACTIVATION_BEGIN = "deputy:activation:begin"
    DEPUTY_ACTIVATION_END = "deputy:activation:end"
    ROLE_HISTORY_CORRECT = "role:history:correct"
    SETUP_STEP_FINISH = "setup:step:finish"
    SETUP_SUMMARY_SIGN = "setup:summary:sign"
    SITE_ZONE_CHANGE = "site:zone:change"
    SITE_PLAN_KEEP = "site:plan:keep"
    REGISTER_ROWS_EXPORT = "register:rows:export"

    # Key of the recorder case; things left and papers gone wrong
    CASEKEY_BOARD_REGISTER = "casekey:board:register"
    CASEKEY_BOARD_CHANGE = "casekey:board:change"
    CASEKEY_BOARD_RETIRE = "casekey:board:retire"
    CASEKEY_USE_TAKE = "casekey:use:take"
    CASEKEY_USE_RETURN = "casekey:use:return"
    CASEKEY_USE_CORRECT = "casekey:use:correct"
    CASEKEY_USE_CONFIRM = "casekey:use:confirm"
    CASEKEY_USE_OVERDUE = "casekey:use:overdue"
    CASEKEY_DAY_COUNT = "casekey:day:count"
    CASEKEY_OPENING_FIND = "casekey:opening:find"
    CASEKEY_OPENING_EXPLAIN = "casekey:opening:explain"
    CASEKEY_LIMIT_SET = "casekey:limit:set"
    FOUND_THING_ENTER = "found:thing:enter"
    FOUND_THING_CORRECT = "found:thing:correct"
    FOUND_THING_RETURN = "found:thing:return"
    FOUND_THING_DESTROY = "found:thing:destroy"
    FOUND_THING_HAND = "found:thing:hand"
    FOUND_TEXT_FORGET = "found:text:forget"
    FOUND_SPAN_SET = "found:span:set"

    # Office: daily checks and faults (articles 8 and 9)
    CHECK_SHEET_SAVE = "check:sheet:save"
    CHECK_SHEET_SIGN = "check:sheet:sign"
    CHECK_SHEET_CONFIRM = "check:sheet:confirm"
    CHECK_SHEET_EXPLAIN = "check:sheet:explain"
    CHECK_LINE_CORRECT = "check:line:correct"
    FAULT_CASE_OPEN = "fault:case:open"
    FAULT_CASE_AMEND = "fault:case:amend"
    FAULT_CASE_NOTE = "fault:case:note"
    FAULT_CASE_REPAIR = "fault:case:repair"
    FAULT_CASE_RESTORE = "fault:case:restore"
    FAULT_CASE_CONFIRM = "fault:case:confirm"
    FAULT_SERVICE_STOP = "fault:service:stop"
    FAULT_SERVICE_RESUME = "fault:service:resume"
    FAULT_USERS_TELL = "fault:users:tell"
    FAULT_VENDOR_MAIL = "fault:vendor:mail"
    FAULT_VENDOR_CALL = "fault:vendor:call"
    FAULT_GAP_LINK = "fault:gap:link"
    FAULT_DISK_TAKE = "fault:disk:take"
    FAULT_DISK_HAND = "fault:disk:hand"
    FAULT_DISK_ERASE = "fault:disk:erase"

    # The ledger itself
    LEDGER_BOOK_OPEN = "ledger:book:open"
    LEDGER_TEXT_ERASE = "ledger:text:erase"
    LEDGER_EXPORT_MAKE = "ledger:export:make"
    CHECKPOINT_TREE_SIGN = "checkpoint:tree:sign"
    COSIGN_CHECKPOINT_GIVE = "cosign:checkpoint:give"
    COSIGN_CHECKPOINT_REFUSE = "cosign:checkpoint:refuse"
    COSIGN_CHECKPOINT_RECEIVE = "cosign:checkpoint:receive"
    COSIGN_CHECKPOINT_OVERDUE = "cosign:checkpoint:overdue"


RETIRED: frozenset[Tag] = frozenset()
"""Tags that are read but no longer written."""


class Outcome(StrEnum):
    """How far the deed came. Everything but INTENT is final."""

    DONE = "done"
    INTENT = "intent"
    FAILED = "failed"
    UNKNOWN = "unknown"
