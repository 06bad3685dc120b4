"""What setup.cfg cannot say: the packages, the page of an index, archives that can be made again.

`find:` sees neither the records nor the lessons: a new folder of stabkit ships without being
listed; `proofs` and `docs/lessons` are installed under the names that setup.cfg's `package_dir`
gives them. All else is in setup.cfg.
"""

import os
import re
import tarfile
from gzip import GzipFile
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.sdist import sdist
from setuptools.config.setupcfg import read_configuration


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


def index_page():
    """Return the README for an index, where a path leads nowhere: with addresses, or without links.

    The address of the repository is `Source` of setup.cfg's project_urls, if it is there; its host
    shows the files of a version at `SOURCE/blob/vVERSION`.
    """
    config = read_configuration("setup.cfg")["metadata"]
    source = config["project_urls"].get("Source")
    files = source and f"{source}/blob/v{config['version']}/"
    shown = rf"[\1]({files}\2)" if files else r"\1"
    text = Path("README.md").read_text(encoding="utf-8")
    return re.sub(r"!?\[([^\]]*)\]\((?!https?:)([^)]*)\)", shown, text)


setup(
    long_description=index_page(),
    long_description_content_type="text/markdown",
    py_modules=["stabkit_check"],
    packages=[*find_packages(include=["stabkit*"]), "stabkit_lessons", "stabkit_proofs"],
    cmdclass={"sdist": Sdist},
)
