"""The cases of buildah's conformance suite, as data: names, Dockerfiles, contexts and expectations are read out of its source package, and nothing of it is kept here."""
import hashlib
import json
import os
import re
import shutil
import subprocess

PACKAGE = "golang-github-containers-buildah"


def fetch(folder):
    """Brings the source package of Debian's unstable, where it is not there yet, and answers the folder of its suite."""
    suite = os.path.join(folder, "source", "tests", "conformance")
    if os.path.exists(os.path.join(suite, "conformance_test.go")):
        return suite
    os.makedirs(os.path.join(folder, "lists", "partial"), exist_ok=True)
    os.makedirs(os.path.join(folder, "archives", "partial"), exist_ok=True)
    mirror = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")[0].strip()
    sources = os.path.join(folder, "sources.list")
    with open(sources, "w") as text:
        text.write(f"deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {mirror} sid main\n")
    apt = ["apt-get", "-q", "-o", f"Dir::Etc::SourceList={sources}", "-o", "Dir::Etc::SourceParts=/dev/null", "-o", f"Dir::State::Lists={folder}/lists",
           "-o", f"Dir::Cache={folder}", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Check-Valid-Until=false"]
    subprocess.run([*apt, "update"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*apt, "source", "--download-only", "--only-source", PACKAGE], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    archive = next(os.path.join(folder, name) for name in sorted(os.listdir(folder)) if ".orig.tar." in name)
    os.makedirs(os.path.join(folder, "source"), exist_ok=True)
    subprocess.run(["tar", "xf", archive, "-C", os.path.join(folder, "source"), "--strip-components=1"], check=True)
    return suite


def read(suite):
    """Each case as a dictionary, from the literals of the suite's table (fields stand at two tabs)."""
    with open(os.path.join(suite, "conformance_test.go")) as text:
        source = text.read()
    seen = {}
    for block in re.split(r"\n\t\{\n", source[source.index("var internalTestCases"):])[1:]:
        block = block.split("\n\t},")[0] + "\n"
        case = {
            "name": _text(block, "name"),
            "contextDir": _text(block, "contextDir"),
            "dockerfile": _text(block, "dockerfile"),
            "contents": _joined(block) or _text(block, "dockerfileContents"),
            "mayFail": bool(re.search(r"^\t\tshouldFailAt:", block, re.M)),
            "ignore": None,
            "needsCode": "tweakContextDir" in block,
            "args": {},
        }
        ignore = re.search(r'dockerignore := \[\]byte\((?:strings\.Join\(\[\]string\{(.*?)\}, "\\n"\)|("(?:[^"\\]|\\.)*"))\)', block, re.S)
        if ignore:
            case["ignore"] = "\n".join(_literals(ignore.group(1) or ignore.group(2)))
            case["needsCode"] = False
        args = re.search(r"^\t\tbuildArgs:\s+map\[string\]string\{(.*?)\}", block, re.M | re.S)
        if args:
            case["args"] = dict(re.findall(r'"([^"]+)":\s*"([^"]*)"', args.group(1)))
        if case["name"]:
            seen[case["name"]] = seen.get(case["name"], 0) + 1
            case["name"] += f" ({seen[case['name']]})" if seen[case["name"]] > 1 else ""
            yield case


def prepare(case, suite, folder, number):
    """Makes the case's context below a folder; answers the context and the Dockerfile, or None where its suite makes the context by code."""
    if case["needsCode"]:
        return None
    data, context = os.path.join(suite, "testdata"), os.path.join(folder, "context")
    if case["contextDir"]:
        shutil.copytree(os.path.join(data, case["contextDir"]), context, symlinks=True)
    else:
        os.makedirs(context)
        if case["dockerfile"]:
            shutil.copy(os.path.join(data, case["dockerfile"]), context)
    dockerfile = os.path.join(context, case["dockerfile"] or "Dockerfile")
    if case["contents"]:
        dockerfile = os.path.join(folder, "Dockerfile")
        with open(dockerfile, "w") as text:
            text.write(case["contents"])
    if case["ignore"] is not None:
        with open(os.path.join(context, ".dockerignore"), "w") as text:
            text.write(case["ignore"])
    if not os.path.exists(dockerfile):
        return None
    with open(dockerfile) as text:
        instructions = text.read()
    # No frontend is downloaded: the engine's own is what counts.
    without = re.sub(r"\A#\s*syntax\s*=.*\n", "", instructions)
    if without != instructions:
        with open(dockerfile, "w") as text:
            text.write(without)
    # Every case has a time of its own: BuildKit takes a file of the same name, size and time for the one that it was sent before.
    for below, folders, files in os.walk(context):
        for name in folders + files:
            os.utime(os.path.join(below, name), (1500000000 + number, 1500000000 + number), follow_symlinks=False)
    return context, dockerfile


def identity(case, context, dockerfile):
    """A digest of all that a build of the case reads: a result is compared only with one of the same."""
    digest = hashlib.sha256()
    with open(dockerfile, "rb") as text:
        digest.update(text.read())
    digest.update(json.dumps(case["args"], sort_keys=True).encode())
    for folder, folders, files in sorted(os.walk(context)):
        folders.sort()
        for name in sorted(files + folders):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            digest.update(f"{os.path.relpath(path, context)}\0{status.st_mode:o}\0".encode("utf8", "surrogateescape"))
            if os.path.islink(path):
                digest.update(os.readlink(path).encode("utf8", "surrogateescape"))
            elif os.path.isfile(path):
                with open(path, "rb") as content:
                    digest.update(content.read())
    return digest.hexdigest()


def bases(suite, all_cases):
    """The names of all images that the cases build on."""
    texts = [case["contents"] for case in all_cases]
    for folder, _, files in os.walk(os.path.join(suite, "testdata")):
        for name in files:
            if "ockerfile" in name:
                with open(os.path.join(folder, name), errors="replace") as text:
                    texts.append(text.read())
    found = {"mirror.gcr.io/alpine", "mirror.gcr.io/busybox", "alpine", "busybox"}
    for text in texts:
        for name in re.findall(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)", text, re.M | re.I) + re.findall(r"--from=([\w./:-]+)", text):
            if re.fullmatch(r"[a-z0-9.-]+\.[a-z]+/[a-z0-9./_-]+(:[\w.-]+)?", name):
                found.add(name)
    return sorted(found)


def _text(block, field):
    match = re.search(r"^\t\t%s:\s+(?:(\"(?:[^\"\\]|\\.)*\")|`([^`]*)`)" % field, block, re.M)
    return "" if not match else json.loads(match.group(1)) if match.group(1) else match.group(2)


def _joined(block):
    match = re.search(r'^\t\tdockerfileContents:\s+strings\.Join\(\[\]string\{(.*?)^\t\t\}, "\\n"\)', block, re.M | re.S)
    return "" if not match else "\n".join(_literals(re.sub(r"^\s*//.*$", "", match.group(1), flags=re.M)))


def _literals(text):
    return [json.loads(quoted) if quoted else raw for quoted, raw in re.findall(r'("(?:[^"\\]|\\.)*")|`([^`]*)`', text)]
