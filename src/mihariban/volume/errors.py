"""What can go wrong with the encrypted ring."""

from __future__ import annotations

from mihariban.base.errors import AccessError, InputError, StateError, StorageError


class VolumeMissing(InputError):
    """A folder holds no volume, or a part of it is not there."""

    code = "MH201"
    exit_status = 35
    ja = (
        "{place} に録画ボリュームがありません（{what} がない）。フォルダを確かめるか、mihariban init で作ってください。"
    )
    en = "There is no complete volume in {place} ({what} is missing). Check the folder or make one with: mihariban init"


class VolumeExists(StateError):
    """A volume is to be made where one is already."""

    code = "MH202"
    exit_status = 36
    ja = "{place} にはすでに録画ボリュームがあります。上書きしません。別のフォルダを指定してください。"
    en = "{place} holds a volume already and it is not overwritten. Name another folder."


class VolumeNoRoom(StorageError):
    """The file system has less room than the volume needs."""

    code = "MH203"
    exit_status = 37
    ja = "{place} の空きが足りません（必要 {needed}、空き {free}）。空けるか、--size を小さくしてください。"
    en = "Not enough room in {place} ({needed} needed, {free} free). Make room or give a smaller --size."


class VolumeCopiesOnWrite(StorageError):
    """The file system writes new data elsewhere, so that overwriting would not erase."""

    code = "MH204"
    exit_status = 38
    ja = (
        "{place} のファイルシステム（{system}）は上書きを別の場所に書くため、古い映像が消えません。"
        "ext4 か XFS を使うか、試用なら --allow-cow を付けてください（消去水準 E0）。"
    )
    en = (
        "The file system of {place} ({system}) writes elsewhere instead of overwriting, so old footage would stay. "
        "Use ext4 or XFS, or --allow-cow for a trial site (erasure level E0)."
    )


class VolumeInUse(StateError):
    """Another process writes to the volume."""

    code = "MH205"
    exit_status = 39
    ja = "{place} の録画ボリュームは別のプロセスが使っています。録画を止めてからやり直してください。"
    en = "Another process is writing to the volume in {place}. Stop the recorder and try again."


class VolumeOfAnotherSite(AccessError):
    """The volume belongs to another site than the one that opens it."""

    code = "MH206"
    exit_status = 40
    ja = "{place} は別の設置場所（{found}）のボリュームです。この設置場所は {expected} です。ディスクを確かめてください。"
    en = "The volume in {place} belongs to the site {found}; this is {expected}. Check which disk is mounted."


class VolumeTruncated(StorageError):
    """A file of the volume has not the size written in its superblock."""

    code = "MH207"
    exit_status = 41
    ja = "{path} の大きさが違います（本来 {expected} バイト、実際 {found} バイト）。控えから戻してください。"
    en = "{path} has the wrong size ({expected} bytes expected, {found} found). Restore it from its copy."


class WrongKey(AccessError):
    """The root key does not open the volume."""

    code = "MH208"
    exit_status = 42
    ja = "{place} の root.key ではこのボリュームを開けません。このボリュームの鍵を戻してください。"
    en = "The root.key in {place} does not open this volume. Put back the key that belongs to it."


class VolumeDamaged(StorageError):
    """A part without which the volume cannot be opened cannot be read."""

    code = "MH209"
    exit_status = 43
    ja = "{place} の {what} が壊れています。書き込まずにディスクの写しを取り、mihariban volume check を実行してください。"
    en = "{what} of the volume in {place} is damaged. Copy the disk before writing, then run: mihariban volume check"


class VolumeFull(StorageError):
    """Every region is held or open: nothing may be overwritten."""

    code = "MH210"
    exit_status = 44
    ja = "上書きできる領域がありません（全 {regions}、保全中 {held}、使用中 {open}）。保全を見直してください。"
    en = "No region may be overwritten ({regions} in all, {held} held, {open} open). Review the holds."


class HoldShareFull(StorageError):
    """A hold would need more regions than are set aside for holds."""

    code = "MH211"
    exit_status = 45
    ja = "保全の枠が足りません（枠 {share} 領域、使用 {used}、必要 {needed}）。不要な保全を解除してください。"
    en = "The share for holds is used up ({share} regions, {used} used, {needed} more needed). Release a hold first."


class VolumeIoError(StorageError):
    """The disk refused a read, a write or a sync. The volume must be opened anew before it is written again."""

    code = "MH212"
    exit_status = 46
    ja = "ディスクの入出力が失敗しました（{what}: {why}）。確定していない録画は失われます。開き直してください。"
    en = "The disk failed ({what}: {why}). What was not committed may be lost. Open the volume anew."


class ChunkDamaged(StorageError):
    """A stored chunk does not authenticate or cannot be read. Its neighbours are not affected."""

    code = "MH213"
    exit_status = 47
    ja = "カメラ {camera} の映像 {clip} の {second} が壊れています（領域 {region}、位置 {offset}）。前後は読めます。"
    en = (
        "Camera {camera}, clip {clip}: the chunk at {second} is damaged (region {region}, offset {offset}). "
        "Its neighbours can be read."
    )


class ClipUnknown(StateError):
    """A clip is not in the volume: never was, or erased."""

    code = "MH214"
    exit_status = 48
    ja = "映像 {clip} はありません（消去済みか、このボリュームのものではありません）。"
    en = "There is no clip {clip}: it was erased or is not of this volume."


class ClipRefused(StateError):
    """The deed does not fit the state of the clip."""

    code = "MH215"
    exit_status = 49
    ja = "映像 {clip} には行えません（{reason_ja}）。"
    en = "Not possible with clip {clip}: {reason_en}."


class TpmToolsMissing(StorageError):
    """The root is in a TPM, and the programs that speak with it are not installed."""

    code = "MH220"
    exit_status = 84
    ja = "TPM を扱うプログラム {tool} がありません。Debian では apt-get install tpm2-tools を実行してください。"
    en = "The program {tool}, which speaks with the TPM, is missing. On Debian: apt-get install tpm2-tools"


class TpmSilent(StorageError):
    """The TPM cannot be reached or does not answer in time."""

    code = "MH221"
    exit_status = 85
    ja = "TPM（{tcti}）が応答しません（{why}）。機器と、/dev/tpmrm0 を使う権限（グループ tss）を確かめてください。"
    en = "The TPM ({tcti}) does not answer ({why}). Check the device and the right to use /dev/tpmrm0 (group tss)."


class TpmIndexMissing(StorageError):
    """An index of the TPM that should hold the root is not defined."""

    code = "MH222"
    exit_status = 86
    ja = (
        "TPM の NV インデックス {index} がありません。TPM が初期化されたか、別の機器です。元の機器に戻すか、"
        "根鍵の控えがなければ映像は読めません。"
    )
    en = (
        "The TPM has no NV index {index}: it was cleared, or this is another machine. "
        "Without the machine that holds the root the footage cannot be read."
    )


class TpmAuthRefused(AccessError):
    """The TPM refuses the authorisation."""

    code = "MH223"
    exit_status = 87
    ja = "TPM が NV インデックス {index} の認可を拒みました。{auth} の内容を元に戻してください。"
    en = "The TPM refuses the authorisation for NV index {index}. Put back the content of {auth}."


class RootHomeUnusable(InputError):
    """The note that says where the root lives cannot be understood."""

    code = "MH224"
    exit_status = 88
    ja = "{path} を読めません（{why}）。根鍵の置き場所を書いたこのファイルを控えから戻してください。"
    en = "{path} cannot be understood ({why}). It says where the root key lives: restore it from its copy."


class TpmRefused(StorageError):
    """The TPM answers with an error that is none of the known ones."""

    code = "MH225"
    exit_status = 89
    ja = "TPM が {tool} を拒みました（{why}）。tpm2-tools で TPM の状態を確かめてください。"
    en = "The TPM refuses {tool} ({why}). Look at its state with tpm2-tools."


class HoldRefused(StateError):
    """A hold cannot be placed or ended as asked."""

    code = "MH216"
    exit_status = 80
    ja = "保全 {hold} は行えません（{reason_ja}）。何も変わっていません。"
    en = "Not possible for the hold {hold}: {reason_en}. Nothing was changed."


class HoldUnknown(StateError):
    """There is no such hold in the volume."""

    code = "MH217"
    exit_status = 81
    ja = "保全 {hold} はこのボリュームにありません。番号を確かめてください。"
    en = "There is no hold {hold} in this volume. Check its number."


class RegionRefused(StateError):
    """A region may not be overwritten now."""

    code = "MH218"
    exit_status = 82
    ja = "領域 {region} は上書きできません（{reason_ja}）。"
    en = "Region {region} may not be overwritten: {reason_en}."


class CopyDiffers(StorageError):
    """What was copied for a hold does not read back as its source."""

    code = "MH219"
    exit_status = 83
    ja = "映像 {clip} の保全用の写しが元と一致しません。保全は取り消しました。ディスクを確かめてください。"
    en = "The copy of clip {clip} for a hold differs from it. The hold was not placed. Check the disk."
