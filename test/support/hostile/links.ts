/**
 * Lists, scripts and documents that name other files: a song beside them, a file of the system, and
 * an address. Named like songs; whatever reads them must open nothing that they name.
 */
export function linksTo(song: string): Readonly<Record<string, string>> {
  const targets = [song, "file:///etc/passwd", "/etc/passwd", "http://127.0.0.1:9/song.mp3"];
  const hls = (target: string) =>
    `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${target}\n#EXT-X-ENDLIST\n`;
  return {
    ...Object.fromEntries(targets.map((target, i) => [`hls ${i}.mp3`, hls(target)])),
    ...Object.fromEntries(
      targets.map((target, i) => [`script ${i}.wav`, `ffconcat version 1.0\nfile '${target}'\n`]),
    ),
    "script that names itself.mp3": `ffconcat version 1.0\nfile 'audio'\nfile 'source'\n`,
    "list.mp3": `#EXTM3U\n${targets.join("\n")}\n`,
    "list without a head.mp3": targets.join("\n"),
    "pls.mp3": `[playlist]\nNumberOfEntries=1\nFile1=${targets[1]}\nVersion=2\n`,
    "cue.flac": `FILE "${song}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n`,
    "xspf.mp3": `<?xml version="1.0"?><playlist xmlns="http://xspf.org/ns/0/"><trackList><track><location>${targets[1]}</location></track></trackList></playlist>`,
    "dash.m4a": `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" type="static" mediaPresentationDuration="PT10S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>${targets[3]}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    "smil.mp4": `<smil><body><audio src="${targets[3]}"/></body></smil>`,
    "sdp.mp3": `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n`,
    "subtitles.mp3": `1\n00:00:00,000 --> 00:00:10,000\n<img src="${targets[3]}">\n`,
    "vobsub.mp3": `# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\n`,
    "asx.wma": `<asx version="3.0"><entry><ref href="${targets[3]}"/></entry></asx>`,
    "rtsp reference.asf": `[Reference]\nRef1=${targets[3]}\n`,
    "metadata.mp3": `;FFMETADATA1\ntitle=x\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=9\n`,
    "image sequence.mp3": `%03d.png\n`,
  };
}
