"""mapped.py make FOLDER: one song of each kind with the same tags and two covers, by mutagen.
mapped.py read FILE…: what mutagen finds of these fields, in one shape for all kinds, as JSON.
"""
import base64, hashlib, json, os, subprocess, sys
from mutagen import id3, mp4
from mutagen.aiff import AIFF
from mutagen.flac import FLAC, Picture
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

classes = {"mp3": MP3, "wav": WAVE, "aiff": AIFF, "flac": FLAC, "ogg": OggVorbis, "opus": OggOpus, "m4a": mp4.MP4}
codecs = {"mp3": ["libmp3lame"], "wav": ["pcm_s16le"], "aiff": ["pcm_s16be"], "flac": ["flac"], "ogg": ["libvorbis"], "opus": ["libopus"], "m4a": ["aac"]}

fields = {
    "title": ["Títle: ♫ / one"],
    "artist": ["First Ärtist", "AC/DC"],
    "album": ["Album"],
    "albumartist": ["Various"],
    "date": ["2001-02-03"],
    "genre": ["Jazz", "Trip-Hop"],
    "composer": ["C. One", "C. Two"],
    "titlesort": ["Title"],
    "isrc": ["USABC0112345"],
    "key": ["Am"],
    "bpm": ["128"],
    "mbid": ["a0b1c2d3-0000-1111-2222-333344445555"],
    "own": ["mine=1", "mine 2"],
    "comment": ["A comment, ünd more"],
    "lyrics": ["line one\nline twö"],
}
track, disc = (3, 12), (1, 2)
vorbis_names = {"mbid": "MUSICBRAINZ_TRACKID", "own": "MY OWN"}
id3_names = {"title": "TIT2", "artist": "TPE1", "album": "TALB", "albumartist": "TPE2", "date": "TDRC", "genre": "TCON", "composer": "TCOM", "titlesort": "TSOT", "isrc": "TSRC", "key": "TKEY", "bpm": "TBPM"}
mp4_names = {"title": "©nam", "artist": "©ART", "album": "©alb", "albumartist": "aART", "date": "©day", "genre": "©gen", "composer": "©wrt", "titlesort": "sonm", "isrc": "----:com.apple.iTunes:ISRC", "key": "----:com.apple.iTunes:initialkey", "bpm": "tmpo", "mbid": "----:com.apple.iTunes:MusicBrainz Track Id", "own": "----:com.apple.iTunes:MY OWN", "comment": "©cmt", "lyrics": "©lyr"}


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *args], check=True)


def vorbis_name(field):
    return vorbis_names.get(field, field.upper())


def picture(kind, mime, desc, data):
    p = Picture()
    p.type, p.mime, p.desc, p.data = kind, mime, desc, data
    return p


def id3_frames(covers):
    for field, name in id3_names.items():
        yield getattr(id3, name)(encoding=3, text=fields[field])
    yield id3.TRCK(encoding=3, text="%d/%d" % track)
    yield id3.TPOS(encoding=3, text="%d/%d" % disc)
    yield id3.COMM(encoding=3, lang="deu", desc="", text=fields["comment"])
    yield id3.COMM(encoding=3, lang="eng", desc="iTunNORM", text=["00000200 00000200"])
    yield id3.USLT(encoding=3, lang="deu", desc="", text=fields["lyrics"][0])
    yield id3.TXXX(encoding=3, desc="MY OWN", text=fields["own"])
    yield id3.TXXX(encoding=3, desc="REPLAYGAIN_TRACK_GAIN", text=["-3 dB"])
    yield id3.UFID(owner="http://musicbrainz.org", data=fields["mbid"][0].encode())
    for p in covers:
        yield id3.APIC(encoding=3, mime=p.mime, type=p.type, desc=p.desc, data=p.data)


def make(folder):
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-frames:v", "1", folder + "/_front.jpg")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=80x80:d=1", "-frames:v", "1", folder + "/_back.png")
    read = lambda name: open(os.path.join(folder, name), "rb").read()
    covers = [picture(3, "image/jpeg", "the front", read("_front.jpg")), picture(4, "image/png", "the bäck", read("_back.png"))]
    for kind, codec in codecs.items():
        file = os.path.join(folder, "song." + kind)
        ffmpeg("-f", "lavfi", "-i", "sine=440:d=1:r=48000", "-c:a", *codec, file)
        song = classes[kind](file)
        if kind in ("mp3", "wav", "aiff"):
            if song.tags is None:
                song.add_tags()
            for frame in id3_frames(covers):
                song.tags.add(frame)
        elif kind == "m4a":
            for field, name in mp4_names.items():
                values = fields[field]
                song[name] = [int(values[0])] if field == "bpm" else [v.encode() for v in values] if name.startswith("----") else values
            song["trkn"], song["disk"] = [track], [disc]
            song["----:com.apple.iTunes:iTunNORM"] = [b"00000200"]
            song["covr"] = [mp4.MP4Cover(covers[0].data, mp4.MP4Cover.FORMAT_JPEG), mp4.MP4Cover(covers[1].data, mp4.MP4Cover.FORMAT_PNG)]
        else:
            for field, values in fields.items():
                song[vorbis_name(field)] = values
            song["TRACKNUMBER"], song["TRACKTOTAL"] = "%d" % track[0], "%d" % track[1]
            song["DISCNUMBER"], song["DISCTOTAL"] = "%d" % disc[0], "%d" % disc[1]
            song["REPLAYGAIN_TRACK_GAIN"] = "-3 dB"
            if kind == "flac":
                for p in covers:
                    song.add_picture(p)
            else:
                song["METADATA_BLOCK_PICTURE"] = [base64.b64encode(p.write()).decode() for p in covers]
        song.save()
    # The version that most files have; a slash in it may mean two artists, or none.
    old = os.path.join(folder, "old.mp3")
    ffmpeg("-f", "lavfi", "-i", "sine=440:d=1:r=48000", "-c:a", "libmp3lame", old)
    tags = id3.ID3()
    for frame in id3_frames(covers):
        tags.add(frame)
    tags["TPE1"].text, tags["TCOM"].text, tags["TCON"].text = ["AC/DC"], ["C. One"], ["Jazz"]
    tags["TXXX:MY OWN"].text = ["http://example.org/mine"]
    tags.update_to_v23()
    tags.save(old, v2_version=3)


def shown(p):
    return [p.type, p.mime, p.desc, hashlib.sha256(p.data).hexdigest()]


def read_id3(tags):
    out = {}
    for field, name in id3_names.items():
        frame = tags.get(name)
        out[field] = [] if frame is None else [str(v) for v in (frame.genres if name == "TCON" else frame.text)]
    out["own"] = list(tags["TXXX:MY OWN"].text) if "TXXX:MY OWN" in tags else []
    out["mbid"] = [f.data.decode() for f in tags.getall("UFID")]
    out["comment"] = [str(v) for f in tags.getall("COMM") for v in f.text if f.desc != "iTunNORM"]
    out["comment languages"] = [f.lang for f in tags.getall("COMM") if f.desc != "iTunNORM"]
    out["lyrics"] = [f.text for f in tags.getall("USLT")]
    out["track"], out["disc"] = str(tags["TRCK"]), str(tags["TPOS"])
    out["pictures"] = sorted(shown(f) for f in tags.getall("APIC"))[:9]
    out["loudness"] = [k for k in tags.keys() if "replaygain" in k.lower() or "itunnorm" in k.lower()]
    return out


def read_mp4(song):
    text = lambda v: v.decode() if isinstance(v, bytes) else str(v)
    out = {field: [text(v) for v in song.tags.get(name, [])] for field, name in mp4_names.items()}
    out["track"], out["disc"] = "%d/%d" % song["trkn"][0], "%d/%d" % song["disk"][0]
    mimes = {mp4.MP4Cover.FORMAT_JPEG: "image/jpeg", mp4.MP4Cover.FORMAT_PNG: "image/png"}
    out["pictures"] = [[None, mimes[c.imageformat], None, hashlib.sha256(bytes(c)).hexdigest()] for c in song.tags.get("covr", [])]
    out["loudness"] = [k for k in song.tags.keys() if "itunnorm" in k.lower() or "replaygain" in k.lower()]
    return out


def read_vorbis(song, kind):
    out = {field: list(song.tags.get(vorbis_name(field), [])) for field in fields}
    out["track"] = song["TRACKNUMBER"][0] + "/" + song["TRACKTOTAL"][0]
    out["disc"] = song["DISCNUMBER"][0] + "/" + song["DISCTOTAL"][0]
    pictures = song.pictures if kind == "flac" else [Picture(base64.b64decode(v)) for v in song.tags.get("METADATA_BLOCK_PICTURE", [])]
    out["pictures"] = [shown(p) for p in pictures]
    out["loudness"] = [k for k, _ in song.tags if "replaygain" in k.lower()]
    return out


def read(file):
    kind = file.rsplit(".", 1)[1]
    song = classes[kind](file)
    if kind in ("mp3", "wav", "aiff"):
        return read_id3(song.tags)
    return read_mp4(song) if kind == "m4a" else read_vorbis(song, kind)


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    print(json.dumps([read(file) for file in sys.argv[2:]]))
