"""Every way we know by which a page makes its browser ask somebody for something: as JavaScript.

Each finds `there(name)`, the address to ask, and `plain`, the same without its scheme. They run one after the
other in one page, each caught on its own, so that one that a browser does not know does not stop the rest.
"""

import json

_ADD = "const add = (html) => document.body.insertAdjacentHTML('beforeend', html);"

TRICKS = {
    # what a page may do on its own site
    "fetch": "fetch(there('fetch'), {mode: 'no-cors'}).catch(() => 0)",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', there('xhr')); x.send()",
    "script": "const s = document.createElement('script'); s.src = there('script'); document.body.append(s)",
    "module": "import(there('module')).catch(() => 0)",
    "stylesheet": "add(`<link rel=stylesheet href='${there('stylesheet')}'>`)",
    "import-rule": "add(`<style>@import url('${there('import-rule')}');</style>`)",
    "event-source": "new EventSource(there('event-source'))",
    "beacon": "navigator.sendBeacon(there('beacon'), 'x')",
    "preload": "add(`<link rel=preload as=script href='${there('preload')}'>`)",
    "websocket": "new WebSocket(there('websocket').replace('http', 'ws'))",
    # what none may do
    "image": "new Image().src = there('image')",
    "picture": "add(`<picture><source srcset='${there('picture')}'><img></picture>`)",
    "background": "add(`<p style=\"background: url('${there('background')}')\">.</p>`)",
    "video": "add(`<video autoplay src='${there('video')}' poster='${there('poster')}'></video>`)",
    "audio": "new Audio(there('audio')).play().catch(() => 0)",
    "font": "const f = new FontFace('f', `url('${there('font')}')`); f.load().catch(() => 0)",
    "object": "add(`<object data='${there('object')}'></object>`)",
    "embed": "add(`<embed src='${there('embed')}'>`)",
    "icon": "document.head.insertAdjacentHTML('beforeend', `<link rel=icon href='${there('icon')}'>`)",
    "manifest": "document.head.insertAdjacentHTML('beforeend', `<link rel=manifest href='${there('manifest')}'>`)",
    "frame": "add(`<iframe src='${there('frame')}'></iframe>`)",
    "frame-of-text": "add(`<iframe srcdoc=\"<img src='${there('frame-of-text')}'>\"></iframe>`)",
    "frame-of-data": "add(`<iframe src=\"data:text/html,<img src='${there('frame-of-data')}'>\"></iframe>`)",
    "frame-of-script": (
        "add(`<iframe src=\"javascript:fetch('${there('frame-of-script')}')\"></iframe>`)"  # its own page asks
    ),
    "worker": (
        "new Worker(URL.createObjectURL(new Blob([`fetch('${there('worker')}', {mode: 'no-cors'})`])))"
    ),
    "worker-file": "new Worker(there('worker-file'))",
    "shared-worker": "new SharedWorker(there('shared-worker'))",
    "service-worker": "navigator.serviceWorker.register(there('service-worker')).catch(() => 0)",
    "prefetch": "add(`<link rel=prefetch href='${there('prefetch')}'>`)",
    "prerender": "add(`<link rel=prerender href='${there('prerender')}'>`)",
    "speculation": (
        "const r = document.createElement('script'); r.type = 'speculationrules'; r.textContent = JSON.stringify("
        "{prefetch: [{source: 'list', urls: [there('speculation')], eagerness: 'immediate'}], "
        "prerender: [{source: 'list', urls: [there('prerender-rule')], eagerness: 'immediate'}]}); "
        "document.head.append(r)"
    ),
    "window": "window.open(there('window'))",
    "new-tab": "const a = document.createElement('a'); a.href = there('new-tab'); a.target = '_blank'; a.click()",
    "form": (
        "add(`<iframe name=hole></iframe><form id=form target=hole method=post action='${there('form')}'></form>`); "
        "document.getElementById('form').submit()"
    ),
    "fenced-frame": "add(`<fencedframe src='${there('fenced-frame')}'></fencedframe>`)",
}

#: for others only: these connect, and ask for no path
SILENT = {
    "preconnect": "add(`<link rel=preconnect href='${there('')}'>`)",
    "dns-prefetch": "add(`<link rel=dns-prefetch href='${there('')}'>`)",
    "webtransport": "new WebTransport(there('').replace('http:', 'https:')).ready.catch(() => 0)",
    "peer": (
        "const own = document.createElement('iframe'); document.body.append(own); "
        "for (const one of [self, own.contentWindow]) { const peer = new one.RTCPeerConnection({iceServers: ["
        "{urls: `stun:${plain}`}, {urls: `turn:${plain}?transport=tcp`, username: 'u', credential: 'c'}]}); "
        "peer.createDataChannel('x'); peer.createOffer().then((offer) => peer.setLocalDescription(offer)) }"
    ),
    "file": "fetch('file:///etc/passwd').catch(() => 0); add('<iframe src=\"file:///etc/passwd\"></iframe>')",
}


def page_of_tricks(base: str, tricks: dict[str, str]) -> bytes:
    """A page that tries them all on `base` (an address that ends in /), and says "all tried" a second later."""
    tried = "\n".join(f"try {{ {trick} }} catch {{}}" for trick in tricks.values())
    return f"""<!doctype html><html><body><script>
        const there = (name) => {json.dumps(base)} + name, plain = new URL({json.dumps(base)}).host;
        {_ADD}
        {tried}
        setTimeout(() => add("<p>all tried</p>"), 1000);
    </script></body></html>""".encode()
