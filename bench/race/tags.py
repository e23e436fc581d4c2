"""Tags and covers of the folder race: `write` puts them into songs, `read` tells what is in files.

Both take JSON on standard input; `read` gives JSON. What encoders and normalisers write of
themselves is no tag of the song's and is left out.
"""

import base64
import hashlib
import json
import subprocess
import sys

from mutagen import File
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, POPM
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

OWN = ("tsse", "\u00a9too", "encoder", "encoded", "replaygain", "r128_", "itunnorm", "itunsmpb")


def write(file, tags, cover):
    song = File(file, easy=True)
    if song.tags is None:
        song.add_tags()
    for name, value in tags.items():
        song[name] = value
    song.save()
    image = open(cover, "rb").read() if cover else None
    if file.endswith(".mp3"):
        frames = ID3(file)
        frames.add(POPM(email="Windows Media Player 9 Series", rating=196))
        if image:
            frames.add(APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=image))
        frames.save()
    elif image and file.endswith(".m4a"):
        song = MP4(file)
        song["covr"] = [MP4Cover(image, imageformat=MP4Cover.FORMAT_JPEG)]
        song.save()
    elif image:
        picture = Picture()
        picture.type, picture.mime, picture.data = 3, "image/jpeg", image
        picture.width, picture.height, picture.depth = 500, 500, 24
        song = File(file)
        if isinstance(song, FLAC):
            song.add_picture(picture)
        else:
            packed = base64.b64encode(picture.write()).decode("ascii")
            song["metadata_block_picture"] = [packed]
        song.save()


def read(file):
    """Tags as text by name, and a digest of each cover."""
    if file.endswith(".wav"):
        # Its tags are in a LIST chunk, which mutagen does not read.
        args = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format_tags", file]
        found = json.loads(subprocess.run(args, capture_output=True, check=True).stdout)
        tags = found["format"].get("tags", {})
        return {"tags": without_own(tags), "covers": []}
    song = File(file)
    tags, covers = {}, []
    for name, value in (song.tags or {}).items() if not vorbis(song) else grouped(song):
        if name.startswith("APIC"):
            covers.append(value.data)
        elif name == "covr":
            covers += [bytes(each) for each in value]
        elif name.lower() == "metadata_block_picture":
            covers += [Picture(base64.b64decode(each)).data for each in value]
        else:
            tags[name] = repr(value) if name.startswith(("POPM", "UFID")) else text(value)
    if isinstance(song, FLAC):
        covers += [each.data for each in song.pictures]
    return {
        "tags": without_own(tags),
        "covers": [hashlib.sha256(each).hexdigest() for each in covers],
    }


def vorbis(song):
    return isinstance(song, (FLAC, OggVorbis, OggOpus))


def grouped(song):
    return [(name.lower(), song.tags[name]) for name in (song.tags.keys() if song.tags else [])]


def text(value):
    if not isinstance(value, list):
        return str(value)
    return "; ".join(each.decode("utf-8") if isinstance(each, bytes) else str(each) for each in value)


def without_own(tags):
    return {
        name: value
        for name, value in tags.items()
        if not any(own in name.lower() for own in OWN)
    }


given = json.load(sys.stdin)
if sys.argv[1] == "write":
    for each in given:
        write(**each)
else:
    json.dump([read(file) for file in given], sys.stdout)
