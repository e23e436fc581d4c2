"""Encodes by VisualOn's AAC encoder, libvo-aacenc: `encode.py WAV BITS_PER_SECOND OUT`.

WAV has 16 bits and one or two channels, OUT is ADTS. On LP64 the library's "32-bit" numbers are longs.
"""
import ctypes
import sys
import wave

lib = ctypes.CDLL("libvo-aacenc.so.0")
Number = ctypes.c_long
Function = ctypes.c_void_p


class Memory(ctypes.Structure):
    """VO_MEM_OPERATOR"""

    names = ["Alloc", "Free", "Set", "Copy", "Check", "Compare", "Move"]
    _fields_ = [(name, Function) for name in names]


class UserData(ctypes.Structure):
    """VO_CODEC_INIT_USERDATA; flag 0 says that `memory` holds the functions above."""

    _fields_ = [("flag", Number), ("memory", ctypes.c_void_p), ("r1", Number), ("r2", Number)]


class Api(ctypes.Structure):
    """VO_AUDIO_CODECAPI"""

    names = ["Init", "SetInputData", "GetOutputData", "SetParam", "GetParam", "Uninit"]
    _fields_ = [(name, Function) for name in names]


class Parameters(ctypes.Structure):
    """AACENC_PARAM"""

    _fields_ = [
        ("rate", ctypes.c_int),
        ("bits", ctypes.c_int),
        ("channels", ctypes.c_short),
        ("adts", ctypes.c_short),
    ]


class Buffer(ctypes.Structure):
    """VO_CODECBUFFER"""

    _fields_ = [("data", ctypes.c_void_p), ("length", Number), ("time", ctypes.c_longlong)]


AAC = 8
ENCODER_PARAMETERS = 0x42211040
FRAME = 1024

api = Api()
lib.voGetAACEncAPI(ctypes.byref(api))


def call(name, *args):
    function = ctypes.CFUNCTYPE(ctypes.c_ulong, *[ctypes.c_void_p] * len(args))(getattr(api, name))
    return function(*args) & 0xFFFFFFFF


def check(name, *args):
    error = call(name, *args)
    if error != 0:
        sys.exit(f"{name}: {error:#x}")


address = ctypes.addressof
memory = Memory(*[ctypes.cast(getattr(lib, f"cmnMem{name}"), Function) for name in Memory.names])
user = UserData(0, address(memory), 0, 0)
handle = ctypes.c_void_p()
check("Init", address(handle), AAC, address(user))
with wave.open(sys.argv[1]) as source:
    channels = source.getnchannels()
    wanted = Parameters(source.getframerate(), int(sys.argv[2]), channels, 1)
    check("SetParam", handle, ENCODER_PARAMETERS, address(wanted))
    packet = ctypes.create_string_buffer(8192 * channels)
    information = ctypes.create_string_buffer(256)
    with open(sys.argv[3], "wb") as target:
        while True:
            samples = source.readframes(FRAME)
            if len(samples) < FRAME * 2 * channels:
                break
            held = ctypes.create_string_buffer(samples, len(samples))
            into = Buffer(address(held), len(samples), 0)
            check("SetInputData", handle, address(into))
            out = Buffer(address(packet), len(packet), 0)
            check("GetOutputData", handle, address(out), address(information))
            target.write(packet.raw[: out.length])
check("Uninit", handle)
