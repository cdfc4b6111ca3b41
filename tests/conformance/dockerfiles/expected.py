"""The cases in which we and BuildKit 28.5 differ, each with its reason; docs/dockerfile.md says the same for people."""

PARENTS = "COPY --parents is in BuildKit's labs frontend only, and not in the one of the recording"

EXPECTED = {
    "copy--parents": PARENTS,
    "copy--parents-directories": PARENTS,
    "copy--parents-dir-with-links": PARENTS,
    "copy--parents-all-directories": PARENTS,
    "copy--parents-directory-with-parent-directory": PARENTS,
    "copy--parents-path-with-star": PARENTS,
    "copy--parents-two-parent-directories": PARENTS,
    "copy--parents-unknown-count-parent-directories": PARENTS,
    "copy--parents-directory-limit-parents-unknown-count-parent-directories": PARENTS,
    "copy--parents-limit-parents-unknown-count-parent-directories": PARENTS,
    "copy--parents-limit-parent-directories": PARENTS,
    "copy--parents-limit-parent-directories-1": PARENTS,
    "add-parent-symlink": "an archive that unpacks through a symlink which leads out of the image ends where the container would; BuildKit refuses it",
    "add-dir-not-dir": "an archive that begins with an entry without a name is no archive here, and is copied as it is",
}
