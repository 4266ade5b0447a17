"""What can go wrong with the database, each with a sentence for a person."""


class StoreError(Exception):
    """The database can't do what was asked; its text is a sentence for a person."""


class NewerDatabase(StoreError):
    """The database was written by a newer nevus than this one."""


class ForeignFile(StoreError):
    """The file is no database of nevus."""


class DamagedDatabase(StoreError):
    """The database's pages contradict each other."""


class ReadOnlyDatabase(StoreError):
    """The database, or the folder it lies in, can't be written."""


class UnreadableDatabase(StoreError):
    """The database, or a file beside it, may not be read."""


class MovedDatabase(StoreError):
    """Another file, or none, lies where the open database was."""


class NoDatabase(StoreError):
    """There is no database where one was to be read."""


class Unshared(StoreError):
    """A group can't open the database that is to be shared with it."""


class UnsafePlace(StoreError):
    """The database lies where write-ahead logging loses data: a network or synced folder."""


class DatabaseBusy(StoreError):
    """Another program held the database for longer than is worth waiting."""


class DiskFull(StoreError):
    """There is no room to write."""


class Unknown(StoreError):
    """The database holds no such photo, revision or draft."""


class ForgottenPhoto(Unknown):
    """The photo is not known any more, because somebody had it forgotten."""


class StaleDecision(StoreError):
    """Someone else decided, or the mask changed, after the reviewer opened the photo."""
