"""Is somebody at the kiosk? Judged causally, from compressed packets and as few decoded pictures as will do."""

from mihariban.recorder.presence.errors import SceneUnreadable
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.scene import SceneMemory
from mihariban.recorder.presence.settings import PresenceSettings
from mihariban.recorder.presence.watcher import Watcher
from mihariban.recorder.presence.zone import Zone

__all__ = ["PresenceEvent", "PresenceSettings", "SceneMemory", "SceneUnreadable", "Watcher", "Zone"]
