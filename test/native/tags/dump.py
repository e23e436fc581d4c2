"""dump.py KIND FILE…: everything that mutagen (and plain chunk lists) sees, as JSON per file.

Values are hashed when long. Keys of lists keep their order by a number behind `#`.
"""
import hashlib, json, struct, sys
from mutagen import apev2, flac, id3, mp4, oggopus, oggvorbis
from mutagen.aiff import AIFF
from mutagen.wave import WAVE


def short(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) < 200 else hashlib.sha256(text.encode()).hexdigest()


def of_id3(tags, out):
    out["id3:version"] = repr(tags.version)
    for key in tags.keys():
        for n, frame in enumerate(tags.getall(key.split(":")[0])):
            if frame.HashKey == key:
                out[f"id3:{key}"] = short(repr(frame))
    out["id3:unknown"] = repr(tags.unknown_frames)


def of_comment(tags, out):
    seen = {}
    for key, value in tags:
        n = seen[key] = seen.get(key, 0) + 1
        out[f"vc:{key}" + (f"#{n}" if n > 1 else "")] = short(value)
    # The order of all, without what may go.
    gone = ("replaygain_", "r128_", "itunnorm")
    out["vc order"] = repr([k for k, _ in tags if not k.lower().startswith(gone)])


def chunks(data, order, skip, out):
    at, seen, names = 12, {}, []
    while at + 8 <= len(data):
        name, size = struct.unpack(order + "4sI", data[at : at + 8])
        if name == b"data" and size == 0xFFFFFFFF:
            size = struct.unpack("<Q", data[28:36])[0]
        assert at + 8 + size <= len(data), f"{name} past the end"
        text = name.decode("latin1")
        if text not in skip:
            n = seen[text] = seen.get(text, 0) + 1
            names.append(text)
            content = data[at + 8 : at + 8 + size]
            if text == "bext":
                version, figures = content[346:348], content[412:422]
                if version >= b"\2\0" and figures != b"\xff\x7f" * 5:
                    out["bext loudness"] = repr(figures)
                if version >= b"\2\0":
                    content = content[:412] + content[422:]
            out[f"chunk:{text}" + (f"#{n}" if n > 1 else "")] = short(repr(content))
        at += 8 + size + size % 2
    assert at == len(data), f"{at} of {len(data)}"
    form_size = struct.unpack(order + "I", data[4:8])[0]
    if form_size == 0xFFFFFFFF:
        form_size = struct.unpack("<Q", data[20:28])[0]
    out["chunk order"] = repr(names)
    out["form size is right"] = form_size == len(data) - 8


def dump(kind, file):
    out = {}
    with open(file, "rb") as f:
        data = f.read()
    if kind == "mp3":
        try:
            of_id3(id3.ID3(file, translate=False), out)
        except id3.ID3NoHeaderError:
            out["id3:none"] = True
        try:
            tag = apev2.APEv2(file)
            for key in tag:
                out[f"ape:{key}"] = short(repr(tag[key]))
        except apev2.APENoHeaderError:
            out["ape:none"] = "no items"
        if data[-128:-125] == b"TAG":
            out["id3v1"] = data[-128:].hex()
            lyrics = data.find(b"LYRICSBEGIN", len(data) - 6000)
            if lyrics >= 0:
                out["lyrics3 to the end"] = data[lyrics:].hex()
    elif kind == "flac":
        song = flac.FLAC(file)
        if song.tags is not None:
            of_comment(song.tags, out)
        for n, p in enumerate(song.pictures):
            out[f"picture {n}"] = short(repr(p.write()))
        out["cuesheet"] = repr(song.cuesheet)
        out["padding"] = repr([b.length for b in song.metadata_blocks if b.code == 1])
        out["other"] = short(repr([b.data for b in song.metadata_blocks if b.code == 2]))
        if data[:3] == b"ID3":
            of_id3(id3.ID3(file, translate=False), out)
    elif kind in ("ogg", "opus"):
        song = (oggvorbis.OggVorbis if kind == "ogg" else oggopus.OggOpus)(file)
        of_comment(song.tags, out)
    elif kind == "m4a":
        song = mp4.MP4(file)
        for key, value in (song.tags or {}).items():
            out[f"mp4:{key}"] = short(repr([bytes(v) if isinstance(v, bytes) else v for v in value] if isinstance(value, list) else value)) + repr([getattr(v, "imageformat", getattr(v, "dataformat", "")) for v in value] if isinstance(value, list) else "")
        out["mp4 chapters"] = repr([(c.start, c.title) for c in song.chapters or []])
        out["mp4 xmp"] = repr(data.count(b"<x:xmpmeta"))
    elif kind in ("wav", "aiff"):
        little = kind == "wav"
        skip = ("fmt ", "fact", "data", "JUNK", "PAD ", "ds64", "PEAK", "levl") if little else ("FVER", "COMM", "SSND", "CHAN")
        chunks(data, "<" if little else ">", skip, out)
        # Through mutagen as well where it can read the file; RF64 it cannot.
        if data[:4] != b"RF64":
            song = (WAVE if little else AIFF)(file)
            if song.tags is not None:
                of_id3(song.tags, out)
                for key in ("chunk:id3 ", "chunk:ID3 "):
                    out.pop(key, None)
    return out


print(json.dumps([dump(sys.argv[1], file) for file in sys.argv[2:]]))
