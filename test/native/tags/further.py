"""further.py make FOLDER: songs of kinds whose tags few programs write, all with the same fields and
two covers, and songs whose texts have an encoding that their format does not tell, by mutagen.
further.py read FILE...: what mutagen finds, in one shape for all kinds, as JSON.
"""
import base64, hashlib, json, os, struct, subprocess, sys
import mutagen
from mutagen.apev2 import APEv2, APEValue, BINARY
from mutagen.asf import ASF, ASFByteArrayAttribute
from mutagen.flac import Picture

artists = ["First Ärtist", "AC/DC"]
genres = ["One", "Two", "Three"]


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *args], check=True)


def asf_picture(kind, mime, description, data):
    texts = b"".join((text + "\0").encode("utf-16-le") for text in (mime, description))
    return ASFByteArrayAttribute(struct.pack("<BI", kind, len(data)) + texts + data)


def ape(path, jpeg, png):
    tag = APEv2()
    tag.update({"Title": "Titel Ä", "Artist": artists, "Genre": genres, "Mine": "x"})
    tag["REPLAYGAIN_TRACK_GAIN"] = "-3.00 dB"
    tag["Cover Art (Front)"] = APEValue(b"front.jpg\0" + jpeg, BINARY)
    tag["Cover Art (Back)"] = APEValue(b"back.png\0" + png, BINARY)
    tag.save(path)


def chunk(name, body, order="<"):
    return name + struct.pack(order + "I", len(body)) + body + b"\0" * (len(body) % 2)


def info(wav, texts, encoding, code_page=None):
    """The WAV with LIST INFO in that encoding."""
    items = b"".join(chunk(name, text.encode(encoding) + b"\0") for name, text in texts.items())
    front = b"" if code_page is None else chunk(b"CSET", struct.pack("<HHHH", code_page, 0, 0, 0))
    body = b"WAVE" + front + wav[12:] + chunk(b"LIST", b"INFO" + items)
    return chunk(b"RIFF", body)


def id3(mp3, frames):
    syncsafe = lambda n: bytes([n >> 21 & 127, n >> 14 & 127, n >> 7 & 127, n & 127])
    body = b"".join(name + syncsafe(len(text)) + b"\0\0" + text for name, text in frames.items())
    return b"ID3\4\0\0" + syncsafe(len(body)) + body + mp3


def make(folder):
    os.chdir(folder)
    ffmpeg("-f", "lavfi", "-i", "aevalsrc=0.5*sin(2*PI*440*t)*mod(t\\,1)|0.4*sin(2*PI*550*t):d=3:s=44100", "-bitexact", "a.wav")
    for name in ("front.jpg", "back.png"):
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1", name)
    jpeg, png = (open(name, "rb").read() for name in ("front.jpg", "back.png"))
    ffmpeg("-i", "a.wav", "-c:a", "wavpack", "song.wv")
    ffmpeg("-i", "a.wav", "-c:a", "tta", "song.tta")
    ffmpeg("-i", "a.wav", "-c:a", "wmav2", "-b:a", "160k", "song.wma")
    subprocess.run(["mpcenc", "--silent", "--overwrite", "a.wav", "song.mpc"], check=True)
    for name in ("song.wv", "song.tta", "song.mpc"):
        ape(name, jpeg, png)
    asf = ASF("song.wma")
    asf.update({"Title": "Titel Ä", "Author": artists, "WM/Genre": genres, "Mine": "x"})
    asf["WM/Picture"] = [asf_picture(3, "image/jpeg", "front.jpg", jpeg), asf_picture(4, "image/png", "back.png", png)]
    asf["replaygain_track_gain"] = "-3.00 dB"
    asf.save()
    in_ogg(jpeg, png)
    texts(open("a.wav", "rb").read())


def in_ogg(jpeg, png):
    """FLAC's own picture blocks, in Ogg: of a native file that is put into Ogg by flac itself."""
    from mutagen.flac import FLAC
    subprocess.run(["flac", "-s", "-f", "-o", "native.flac", "a.wav"], check=True)
    song = FLAC("native.flac")
    for kind, mime, name, data in ((3, "image/jpeg", "front.jpg", jpeg), (4, "image/png", "back.png", png)):
        picture = Picture()
        picture.type, picture.mime, picture.desc, picture.data = kind, mime, name, data
        song.add_picture(picture)
    song.update({"title": "Titel Ä", "artist": artists, "genre": genres, "mine": "x", "replaygain_track_gain": "-3 dB"})
    song.save()
    subprocess.run(["flac", "-s", "-f", "--ogg", "-o", "song.oga", "native.flac"], check=True)


def texts(wav):
    def write(name, data):
        with open(name, "wb") as file:
            file.write(data)

    west = {b"INAM": "Björk – “x” €", b"IART": "Grüße"}
    write("utf8.wav", info(wav, {b"INAM": "Björk – Дом", b"IART": "Grüße"}, "utf-8"))
    write("usual.wav", info(wav, west, "cp1252"))
    write("cyrillic.wav", info(wav, {b"INAM": "Дом", b"IART": "Кино"}, "cp1251", 1251))
    write("japanese.wav", info(wav, {b"INAM": "日本", b"IART": "音楽"}, "cp932", 932))
    ffmpeg("-i", "a.wav", "-map_metadata", "-1", "-id3v2_version", "0", "plain.mp3")
    mp3 = open("plain.mp3", "rb").read()
    write("utf8.mp3", id3(mp3, {b"TIT2": b"\0" + "Björk – Дом".encode(), b"TPE1": b"\0" + "Grüße".encode()}))
    write("usual.mp3", id3(mp3, {b"TIT2": b"\0" + "Björk – “x” €".encode("cp1252"), b"TPE1": b"\0" + "Grüße".encode("cp1252")}))
    old = b"TAG" + "Björk – Дом".encode().ljust(30, b"\0") + "Grüße".encode().ljust(30, b"\0") + b"\0" * 64 + b"\xff"
    write("old.mp3", mp3 + old)
    ffmpeg("-i", "a.wav", "-map_metadata", "-1", "plain.aiff")
    aiff = open("plain.aiff", "rb").read()
    for name, encoding in (("utf8.aiff", "utf-8"), ("usual.aiff", "mac_roman")):
        said = chunk(b"NAME", "Björk – é".encode(encoding), ">") + chunk(b"AUTH", "Grüße".encode(encoding), ">")
        write(name, chunk(b"FORM", aiff[8:] + said, ">"))


def blocks_in_ogg(path):
    """The picture blocks of FLAC in Ogg, which mutagen passes over."""
    from mutagen.ogg import OggPage
    with open(path, "rb") as file:
        pages = [OggPage(file)]
        while pages[-1].position <= 0:
            pages.append(OggPage(file))
    packets = OggPage.to_packets(pages[1:-1], strict=False)
    return [picture_of(Picture(bytes(each[4:]))) for each in packets if each[0] & 127 == 6]


def picture_of(value):
    """What one value holds of a picture: type, MIME type, description, SHA-256 of its bytes."""
    if isinstance(value, Picture):
        return [int(value.type), value.mime, value.desc, hashlib.sha256(value.data).hexdigest()]


def read(path):
    song = APEv2(path) if path.endswith((".wv", ".tta", ".mpc")) else mutagen.File(path)
    tags = song if isinstance(song, APEv2) else song.tags
    found = {"pictures": [picture_of(each) for each in getattr(song, "pictures", [])], "loudness": []}
    if path.endswith(".oga"):
        found["pictures"] += blocks_in_ogg(path)
    names = {"title": "title", "tit2": "title", "©nam": "title", "artist": "artist", "author": "artist", "tpe1": "artist", "©art": "artist", "genre": "genre", "wm/genre": "genre", "tcon": "genre", "©gen": "genre", "mine": "mine", "txxx:mine": "mine", "----:com.apple.itunes:mine": "mine"}
    for key, value in (tags or {}).items():
        low = key.lower()
        if "replaygain" in low:
            found["loudness"].append(key)
        if low in names:
            if hasattr(value, "text"):
                value = value.text
            elif type(value).__name__ == "APETextValue":
                value = list(value)
            values = value if isinstance(value, list) else [value]
            found[names[low]] = [each.decode() if isinstance(each, bytes) else str(each) for each in values]
        elif low == "metadata_block_picture":
            found["pictures"] += [picture_of(Picture(base64.b64decode(each))) for each in value]
        elif low.startswith("apic"):
            found["pictures"].append([int(value.type), value.mime, value.desc, hashlib.sha256(value.data).hexdigest()])
        elif low == "covr":
            found["pictures"] += [[None, "image/png" if each.imageformat == 14 else "image/jpeg", None, hashlib.sha256(bytes(each)).hexdigest()] for each in value]
        elif low.startswith("cover art"):
            name, data = bytes(value.value).split(b"\0", 1)
            kind = 3 if "front" in low else 4
            found["pictures"].append([kind, "image/png" if data[1:4] == b"PNG" else "image/jpeg", name.decode(), hashlib.sha256(data).hexdigest()])
        elif low == "wm/picture":
            for each in value:
                kind, size = struct.unpack("<BI", each.value[:5])
                data = each.value[-size:]
                mime, description = each.value[5:-size].decode("utf-16-le").split("\0")[:2]
                found["pictures"].append([kind, mime, description, hashlib.sha256(data).hexdigest()])
    found["pictures"].sort(key=lambda picture: (picture[1], picture[3]))
    return found


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    print(json.dumps([read(path) for path in sys.argv[2:]]))
