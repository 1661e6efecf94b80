"""The roots of an open volume: one, or two while it is renewed, and which of them sealed what."""

from __future__ import annotations

from mihariban.base.files import BlockFile
from mihariban.volume.errors import VolumeDamaged, VolumeMissing, WrongKey
from mihariban.volume.home import ROOT, Secrets
from mihariban.volume.layout import BLOCK, NotSealed, Superblock, unpack_superblock
from mihariban.volume.root import Root
from mihariban.volume.storage import Storage


class Roots:
    """See the module.

    Args:
        storage: of the volume.
        ring: ring.vol, for its superblock.
        readonly: another process may renew the root meanwhile.

    Attributes:
        home: where the root lives.
        block: the superblock at opening, from copy ``kept``. broken: names of its copies that cannot be read.
        sealed: the root under which the superblock is.
        generation: of the root under which key pages are sealed now. Note it of each key that is destroyed
            (``rotate.level_of``).
        finished: generation of the last root whose coming ended with the old one gone; 0 where it was never renewed.
        renewed_here: this process knew the root before.
        region_key: of headers and footers.

    Raises:
        VolumeMissing: no root. WrongKey, VolumeDamaged: see ``read_superblock``. Or what a TPM says.
    """

    def __init__(self, storage: Storage, ring: BlockFile, *, readonly: bool) -> None:
        self._storage = storage
        self.home = storage.home()
        self._secrets = self._read()
        self.block, self.sealed, self.kept, self.broken = self._superblock(ring, readonly=readonly)
        self.region_key = self.of_blocks().key("region")
        unfinished = self._secrets.next is not None
        self.generation = self.block.root_generation + (self.sealed != self._secrets.newest)
        self.finished = self.generation - unfinished
        self.renewed_here = False

    @property
    def unfinished(self) -> bool:
        """A renewal was begun and has not ended."""
        return self._secrets.next is not None

    def of_blocks(self) -> Root:
        """The root as region headers and footers know it."""
        return Root(self.sealed, self.block.volume, self.block.region_key)

    def all(self) -> list[Root]:
        """Every root that may have sealed a key page, the newest first."""
        return [Root(secret, self.block.volume) for secret in self._secrets.all()]

    def renew(self) -> list[Root] | None:
        """All roots as they are now; None where nothing has changed since they were read."""
        return self.all() if self._changed() else None

    def adopt(self, secret: bytes) -> Root | None:
        """Key pages are sealed under the next root from now on; None where they were already."""
        self.renewed_here = True
        if self._secrets.next == secret:
            return None
        self._secrets = Secrets(self._secrets.newest, secret)
        self.generation += 1
        return self.all()[0]

    def ended(self) -> None:
        """The old root is gone."""
        self._secrets = Secrets(self._secrets.newest)
        self.finished = self.generation
        self.home = self._storage.home()

    def _changed(self) -> bool:
        before = self._secrets
        self.home = self._storage.home()
        self._secrets = self._read()
        return self._secrets != before

    def _read(self) -> Secrets:
        secrets = self.home.read()
        if not secrets.all():
            raise VolumeMissing(place=self._storage.place, what=ROOT)
        return secrets

    def _superblock(self, ring: BlockFile, *, readonly: bool) -> tuple[Superblock, bytes, int, list[str]]:
        """Who only reads may have come just when the root was renewed, and looks again."""
        try:
            return read_superblock(ring, self._secrets.all(), self._storage.place)
        except WrongKey:
            if readonly and self._changed():
                return read_superblock(ring, self._secrets.all(), self._storage.place)
            raise


def read_superblock(ring: BlockFile, secrets: list[bytes], place: str) -> tuple[Superblock, bytes, int, list[str]]:
    """The newer of the two copies that can be read, the root that opens it, its number; and names of unreadable ones.

    Raises:
        WrongKey: they are whole but sealed under a root that is none of ``secrets``.
        VolumeDamaged: neither can be read.
    """
    found: list[tuple[Superblock, bytes, int]] = []
    broken: list[str] = []
    foreign = False
    for copy, name in enumerate("AB"):
        raw = ring.pread(copy * BLOCK, BLOCK)
        opened, torn = _open_superblock(raw, secrets)
        found += [(*each, copy) for each in opened]
        if not opened:
            broken.append(name)
            foreign = foreign or not torn
    if found:
        return (*max(found, key=lambda each: each[0].sequence), broken)
    if foreign:
        raise WrongKey(place=place)
    raise VolumeDamaged(place=place, what="superblock")


def _open_superblock(raw: bytes, secrets: list[bytes]) -> tuple[list[tuple[Superblock, bytes]], bool]:
    """The copy with the root that opens it, if any does; and whether it is torn."""
    torn = True
    for secret in secrets:
        try:
            return [(unpack_superblock(raw, secret), secret)], False
        except NotSealed as error:
            torn = error.torn
    return [], torn
