"""Names the packages, which setup.cfg cannot, and makes source archives that can be made again.

`find:` sees neither the records nor the lessons: a new folder of stabkit ships without being
listed; `proofs` and `docs/lessons` are installed under the names that setup.cfg's `package_dir`
gives them. All else is in setup.cfg.
"""

import os
import tarfile
from gzip import GzipFile

from setuptools import find_packages, setup
from setuptools.command.sdist import sdist


class Sdist(sdist):
    """The same bytes from the same files: setuptools writes the times at which it copied them.

    Their time is SOURCE_DATE_EPOCH, in seconds, or 1980, where the zip format of wheels begins.
    """

    def make_archive(self, base_name, *_, base_dir, **__):
        """Return the name of the archive, written."""
        epoch = int(os.environ.get("SOURCE_DATE_EPOCH", 315_532_800))

        def anonymous(member):
            member.mtime, member.uid, member.gid, member.uname, member.gname = epoch, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            return member

        name = f"{base_name}.tar.gz"
        with (
            open(name, "wb") as file,
            GzipFile("", "wb", fileobj=file, mtime=epoch) as zipped,
            tarfile.open(fileobj=zipped, mode="w") as archive,
        ):
            archive.add(base_dir, filter=anonymous)  # which sorts what is in a folder
        return name


setup(
    packages=[*find_packages(include=["stabkit*"]), "stabkit_lessons", "stabkit_proofs"],
    cmdclass={"sdist": Sdist},
)
