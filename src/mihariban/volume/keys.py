"""keys.tab: where the clips' keys are, and how a key is made durable and destroyed.

A page is first written into the slot that is older, so that a torn write leaves the present one. ``settle`` writes both
slots, each made durable before the next: afterwards nothing older than the page is left in the file.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

from mihariban.base.files import BlockFile, Bytes, RealFile
from mihariban.base.ids import Random
from mihariban.volume.layout import BLOCK, FORMAT, Geometry
from mihariban.volume.page import Page, open_slot, pack_page, page_of, slot_sequence, slot_sequences, with_twin
from mihariban.volume.reseal import Resealer
from mihariban.volume.root import Root

Renew = Callable[[], Sequence[Root] | None]
_MAGIC = b"MIHAKEYS"
_BATCH = 1 << 22
_AHEAD = 1 << 24  # bytes the disk may read while we compute


class KeyTable:
    """The key pages of one volume.

    Args:
        file: keys.tab.
        roots: the volume's roots: the first seals, each opens. More than one while the root is renewed.
        volume: its id.
        shape: its sizes.
        random: source of nonces.
        renew: gives the roots there are now, None where they are the same; asked where a page opens under none, for
            who only reads does not notice that the root was renewed.

    Attributes:
        changes: how often a page was written by this process: the same number, the same pages.
    """

    def __init__(
        self,
        file: BlockFile,
        roots: Sequence[Root],
        volume: bytes,
        shape: Geometry,
        random: Random,
        renew: Renew | None = None,
    ) -> None:
        self._file = file
        self._roots = list(roots)
        self._renew = renew
        self._unreadable: set[int] = set()
        self._volume = volume
        self._shape = shape
        self._random = random
        self._sequences = array("Q", bytes(8 * shape.regions))
        self._unsynced: set[int] = set()
        self._later: dict[int, Page] = {}
        self.changes = 0

    @staticmethod
    def size(shape: Geometry) -> int:
        """Bytes of keys.tab."""
        return BLOCK + 2 * shape.regions * shape.page_size

    @staticmethod
    def head(volume: bytes) -> bytes:
        """The first block: says in the clear which volume the table belongs to."""
        return (_MAGIC + bytes([FORMAT]) + bytes(7) + volume).ljust(BLOCK, b"\x00")

    def format(self) -> None:
        """Write the head and an empty page for every region, both slots."""
        self._file.pwrite(0, self.head(self._volume))
        step = max(1, _BATCH // (2 * self._shape.page_size))
        for first in range(0, self._shape.regions, step):
            group = range(first, min(first + step, self._shape.regions))
            slots = [self._packed(Page(region, twin=True), slot) for region in group for slot in (0, 1)]
            self._file.pwrite(self._offset(first, 0), b"".join(slots))
        self._file.sync()

    def load(self, region: int) -> Page | None:
        """The newest page of a region that authenticates, ``twin`` False if but one does; None where neither does."""
        size = self._shape.page_size
        raw = memoryview(self._file.pread(self._offset(region, 0), 2 * size))
        claims = [slot_sequence(raw[:size], region), slot_sequence(raw[size:], region)]
        plain = self._newest(raw, 0, claims, region)
        return None if plain is None else page_of(plain, region)

    def load_all(self) -> Iterator[tuple[int, Page | None]]:
        """Every region with its page."""
        for first, plains in self.load_packed():
            for region, plain in enumerate(plains, first):
                yield region, None if plain is None else page_of(plain, region)

    def load_packed(self) -> Iterator[tuple[int, list[bytes | None]]]:
        """The plain text of every page, read in large pieces: the first region of each piece, and its pages."""
        size = self._shape.page_size
        step = max(1, _BATCH // (2 * size))
        for first in range(0, self._shape.regions, step):
            count = min(step, self._shape.regions - first)
            self._expect(self._offset(first, 0) + _AHEAD, count * 2 * size)
            raw = memoryview(self._file.pread(self._offset(first, 0), count * 2 * size))
            claims = slot_sequences(raw, size, first)
            yield first, [self._newest(raw, 2 * each * size, claims[each], first + each) for each in range(count)]

    def expect(self) -> None:
        """All pages are read next."""
        self._expect(0, _AHEAD)

    def _expect(self, offset: int, length: int) -> None:
        if isinstance(self._file, RealFile):
            self._file.will_read(offset, length)

    def slots(self, region: int) -> list[Page | None]:
        """Both slots as they authenticate, for checking."""
        size = self._shape.page_size
        raw = self._file.pread(self._offset(region, 0), 2 * size)
        halves = [raw[:size], raw[size:]]
        found = [self._unpack(half, region) for half in halves]
        return [self._unpack(half, region) for half in halves] if None in found and self._renewed(region) else found

    def write(self, page: Page) -> None:
        """Write a page into its older slot; durable after ``sync``. The slot before stays until then."""
        if page.region in self._unsynced:
            self.sync()
        page.twin = False
        self._put(page)
        self._unsynced.add(page.region)

    def later(self, page: Page) -> None:
        """Have a page settled together with the next page that must be: it costs no sync of its own."""
        self._later[page.region] = page

    def settle(self, pages: Iterable[Page] = ()) -> None:
        """Make pages durable in both slots, and with them those that wait. Nothing older of them is left."""
        group = {**self._later, **{page.region: page for page in pages}}
        if not group:
            return
        for page in group.values():
            self.write(page)
        self.sync()
        for page in group.values():
            page.twin = True
            self._put(page)
        self._unsynced.update(group)
        self.sync()
        self._later.clear()

    def sync(self) -> None:
        """Make all written pages durable, if any is not."""
        if self._unsynced:
            self._file.sync()
            self._unsynced.clear()

    def adopt(self, root: Root) -> None:
        """Seal everything from now on under this root; the others still open what they sealed."""
        self._roots = [root, *self._roots]

    def forget_others(self) -> None:
        """Every page is under the first root: the others are not needed any more."""
        del self._roots[1:]

    def reseal(self, regions: range) -> tuple[int, int]:
        """Bring pages under the first root, durable in both slots.

        Returns:
            How many were sealed anew, and how many no root opens.
        """
        self.sync()
        work = Resealer(self._file, self._volume, self._shape, self._roots, self._random)
        moved = work.run(regions)
        for region, sequence in moved.items():
            self._sequences[region] = sequence
        return len(moved), work.lost

    def close(self) -> None:
        self._file.close()

    def _unpack(self, raw: bytes, region: int) -> Page | None:
        plain = self._open(raw, region)
        return None if plain is None else page_of(plain, region)

    def _renewed(self, region: int) -> bool:
        """The root may have been renewed meanwhile: take the roots there are now. Asked once for a damaged page."""
        if self._renew is None or region in self._unreadable:
            return False
        self._unreadable.add(region)
        roots = self._renew()
        if roots is not None:
            self._roots = list(roots)
            self._unreadable.clear()
        return roots is not None

    def _put(self, page: Page) -> None:
        sequence = self._sequences[page.region] + 1
        self._sequences[page.region] = sequence
        self.changes += 1
        self._file.pwrite(self._offset(page.region, sequence & 1), self._packed(page, sequence))

    def _packed(self, page: Page, sequence: int) -> bytes:
        cipher = self._roots[0].cipher("page", page.region)
        return pack_page(page, sequence, self._shape.page_size, cipher, self._volume, self._random(12))

    def _newest(self, raw: memoryview, start: int, claims: Sequence[int], region: int) -> bytes | None:
        """The plain text of the newest of the two slots at ``start`` that authenticates, by the sequences they claim.

        It says that it is no twin where the other one cannot be its equal.
        """
        newer, size = int(claims[1] >= claims[0]), self._shape.page_size
        slots = [raw[start : start + size], raw[start + size : start + 2 * size]]
        for renewed in (False, True):
            if renewed and not self._renewed(region):
                return None
            for slot in (newer, 1 - newer):
                sequence = claims[slot]
                plain = self._open(slots[slot], region) if sequence >= 0 else None
                if plain is not None:
                    self._sequences[region] = sequence
                    return plain if slot == newer == sequence & 1 else with_twin(plain, twin=False)
        return None

    def _open(self, raw: Bytes, region: int) -> bytes | None:
        for root in self._roots:
            if (plain := open_slot(raw, root.cipher("page", region), self._volume)) is not None:
                return plain
        return None

    def _offset(self, region: int, slot: int) -> int:
        return BLOCK + (2 * region + slot) * self._shape.page_size
