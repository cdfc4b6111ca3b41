"""Images as one can compare them: the files that all layers together show, beside those of the base image, and the configuration."""
import gzip
import hashlib
import io
import json
import os
import tarfile

# What a builder says of itself or of the moment, and what BuildKit and the classic builder write differently for the same meaning.
SAID = {"created", "container", "docker_version", "history", "id", "parent", "os.version", "moby.buildkit.buildinfo.v1", "container_config"}
SAID_BELOW = {
    "config": {"Hostname", "Image", "Domainname", "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce", "ArgsEscaped"},
    "rootfs": {"diff_ids"},
}
# Mount points that some builders leave behind.
LEFT = {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"}
BUSYBOX = "/bin/busybox"


def base_tar(path):
    """A root file system of this machine's static busybox: the stand-in for every base image that the corpus names."""
    import subprocess

    applets = subprocess.run([BUSYBOX, "--list"], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    folders = "bin sbin usr usr/bin usr/sbin etc root home var var/spool var/spool/mail var/www var/opt tmp dev proc sys lib run mnt opt".split()
    texts = {
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nbin:x:2:2:bin:/bin:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\n"
        "operator:x:37:37:Operator:/var:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
        "etc/group": "root:x:0:\ndaemon:x:1:\nbin:x:2:\nadm:x:4:root\nwheel:x:10:root\nwww-data:x:33:\noperator:x:37:\nusers:x:100:\nnogroup:x:65534:\n",
        "etc/nsswitch.conf": "hosts: files dns\n",
        "etc/os-release": 'PRETTY_NAME="stand-in"\nID=stand-in\n',
    }
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:

        def add(name, kind, mode, target="", content=b""):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.mtime, entry.linkname, entry.size = kind, mode, 1600000000, target, len(content)
            tar.addfile(entry, io.BytesIO(content))

        for folder in folders:
            add(folder, tarfile.DIRTYPE, {"tmp": 0o1777, "root": 0o700}.get(folder, 0o755))
        with open(BUSYBOX, "rb") as binary:
            add("bin/busybox", tarfile.REGTYPE, 0o755, content=binary.read())
        for applet in applets:
            if applet != "busybox":
                add("bin/" + applet, tarfile.SYMTYPE, 0o777, "busybox")
        add("usr/bin/env", tarfile.SYMTYPE, 0o777, "../../bin/busybox")
        for name, text in texts.items():
            add(name, tarfile.REGTYPE, 0o644, content=text.encode())


def read_archive(path):
    """The configuration and the files of the first image of a docker archive."""
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        config = json.load(archive.extractfile(manifest["Config"]))
        tree = {}
        for layer in manifest["Layers"]:
            _apply(tree, archive.extractfile(layer).read())
    return config, tree


def read_tar(path):
    """The files of a plain tar."""
    tree = {}
    with open(path, "rb") as tar:
        _apply(tree, tar.read())
    return tree


def _apply(tree, data):
    """Lays one layer over the files so far (image specification, layer.md)."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    added = set()
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as layer:
        for member in layer:
            path = os.path.normpath("/" + member.name)
            folder, name = os.path.split(path)
            if name == ".wh..wh..opq":
                _remove(tree, folder, added, below_only=True)
            elif name.startswith(".wh."):
                _remove(tree, os.path.join(folder, name[4:]), added)
            elif path != "/":
                if path in tree and not (tree[path]["type"] == "dir" and member.isdir()):
                    _remove(tree, path, set())
                tree[path] = _entry(tree, layer, member)
                added.add(path)


def _remove(tree, path, added, below_only=False):
    prefix = path.rstrip("/") + "/"
    for known in [known for known in tree if known.startswith(prefix) or (known == path and not below_only)]:
        if known not in added:
            del tree[known]


def _entry(tree, layer, member):
    entry = {"mode": member.mode & 0o7777, "uid": member.uid, "gid": member.gid}
    xattrs = sorted((key[len("SCHILY.xattr."):], hashlib.sha256(value.encode("utf8", "surrogateescape")).hexdigest()[:12])
                    for key, value in member.pax_headers.items() if key.startswith("SCHILY.xattr."))
    if xattrs:
        entry["xattrs"] = [list(pair) for pair in xattrs]
    if member.isdir():
        return {**entry, "type": "dir"}
    if member.issym():
        del entry["mode"]
        return {**entry, "type": "symlink", "link": member.linkname}
    if member.islnk():
        # Which of the names is the link says nothing: all of them name the same file.
        return dict(tree.get(os.path.normpath("/" + member.linkname), {**entry, "type": "hard link to nothing"}))
    if member.isfile():
        return {**entry, "type": "file", "size": member.size, "digest": hashlib.sha256(layer.extractfile(member).read()).hexdigest()[:16]}
    return {**entry, "type": "device " + member.type.decode("latin1"), "device": [member.devmajor, member.devminor]}


def beside(tree, base):
    """What of the files is not as in the base image; None where it is gone. So the base may differ from machine to machine."""
    changed = {path: entry for path, entry in tree.items() if base.get(path) != entry and path not in LEFT}
    changed.update({path: None for path in base if path not in tree and path not in LEFT})
    return changed


def plain_config(config):
    """The configuration without what says nothing of how the image runs."""
    plain = {}
    for key, value in config.items():
        if key in SAID:
            continue
        if isinstance(value, dict):
            value = {name: part for name, part in value.items() if name not in SAID_BELOW.get(key, ()) and part not in (None, "", [], {}, False)}
            if key == "config" and value.get("WorkingDir") == "/":
                del value["WorkingDir"]
        if value not in (None, "", [], {}):
            plain[key] = value
    return plain
