"""What we run in a page, in a world of its own there: JavaScript, for looking at it and for reading it."""

#: words → has the text come to rest: it is there, all of it has loaded, it holds the words, and it is as it
#: was when we looked last. A page that will send its reader on in a moment is not at rest.
LOOK = """function (words) {
    const shown = (node) => node.innerText ?? node.textContent;
    const root = document.body ?? document.documentElement;
    const texts = root ? [shown(root)] : [];
    const add = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (!element.shadowRoot) continue;
            texts.push(...[...element.shadowRoot.children].map(shown));
            add(element.shadowRoot);
        }
    };
    add(document);
    const plain = (text) => text.toLowerCase().replace(/\\s+/g, " ");
    const text = texts.join(" ");
    const before = globalThis.before;
    globalThis.before = text;
    const refresh = document.querySelector('meta[http-equiv="refresh" i]');
    return text === before && text.trim() !== "" && document.readyState === "complete"
        && !(refresh && parseFloat(refresh.content) <= 10)
        && words.every((word) => plain(text).includes(plain(word)));
}"""

#: most → the document as HTML; null where it has more than so many characters. The content of open shadow
#: trees stands where it is seen: in the place of their host's children, which fill the slots.
READ = """function (most) {
    const inert = document.implementation.createHTMLDocument("");
    const hosts = (root) => [...root.querySelectorAll("*")].some((element) => element.shadowRoot);
    const copy = (node) => {
        if (node.localName === "template") return inert.importNode(node, true);
        const isSlot = node.localName === "slot" && node.getRootNode() instanceof ShadowRoot;
        const made = isSlot ? inert.createDocumentFragment() : inert.importNode(node, false);
        const filled = isSlot ? node.assignedNodes() : [];
        const children = filled.length ? filled : (node.shadowRoot ?? node).childNodes;
        for (const child of children) made.append(copy(child));
        return made;
    };
    const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\\n" : "";
    const root = document.documentElement;
    const html = type + (root && hosts(document) ? copy(root) : root)?.outerHTML;
    return html.length > most ? null : html;
}"""
