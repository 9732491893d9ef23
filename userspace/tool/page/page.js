// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the rstwhy authors
// page.js - the report's page, built from its data. What came from the log only ever becomes text.

const data = JSON.parse(document.getElementById("data").textContent);
const page = document.getElementById("page");
const classNames = data.classes.map((c) => c.name);
const colour = (name) => "var(--" + (classNames.includes(name) ? name : "unknown") + ")";

function swatch(name) {
	const box = h("span", { class: "swatch" });
	box.style.background = colour(name);
	return box;
}

function section(title, text, ...children) {
	page.append(h("section", {}, h("h2", {}, title), text ? h("p", { class: "soft" }, text) : null, ...children));
}

function cell(label, content, kind) {
	return h("td", { "data-label": label, class: kind }, content === undefined || content === null ? "" : content);
}

function mix(counts) {
	const bar = h("div", { class: "mix", "aria-hidden": "true" }), total = counts.reduce((a, b) => a + b, 0) || 1;
	counts.forEach((count, c) => {
		const part = h("i");
		part.style.width = count / total * 100 + "%";
		part.style.background = colour(classNames[c]);
		bar.append(part);
	});
	return bar;
}

function table(heads, rows, kind) {
	return h("div", { class: "scroll" }, h("table", { class: kind },
		h("thead", {}, h("tr", {}, heads.map(([name, klass]) => h("th", { class: klass, scope: "col" }, name)))), h("tbody", {}, rows)));
}

function showHead() {
	const range = data.events ? dateText(data.first) + " " + clockText(data.first) + " to " + dateText(data.last) + " " + clockText(data.last) + " UTC"
		: "the log has no resets";
	page.append(h("h1", {}, "TCP resets" + (data.gateways.length ? " on " + data.gateways.join(", ") : "")), h("p", { class: "soft" }, range));
	for (const loss of data.losses)
		page.append(h("div", { class: "warning" }, number(loss.lost) + (loss.more ? " or more" : "") + " records were lost (" + loss.where +
			"), the figures below are without them" + (loss.why ? " \u00b7 " + loss.why : "")));
	const tiles = h("div", { class: "tiles" }, h("div", { class: "tile" }, h("b", {}, number(data.events)), h("span", {}, "resets")));
	data.classes.forEach((c) => {
		const share = data.events ? c.count / data.events * 100 : 0;
		const tile = h("div", { class: "tile" }, h("b", {}, number(c.count), h("span", {}, share.toFixed(1) + " %")), h("span", {}, c.name));
		tile.style.borderTopColor = colour(c.name);
		tiles.append(tile);
	});
	page.append(tiles);
}

function showAges() {
	if (!data.events)
		return;
	const shown = data.classes.map((c) => c.name !== "noise" || data.events === c.count);
	const drawing = chart("Resets over time, by class", (width, tip) => drawAges(data.ages, classNames, shown, width, tip));
	const chips = data.classes.map((c, i) => c.count ? h("button", {
		class: "chip", type: "button", "aria-pressed": String(shown[i]),
		onclick: (event) => {
			shown[i] = !shown[i];
			event.currentTarget.setAttribute("aria-pressed", String(shown[i]));
			drawing.redraw();
		},
	}, swatch(c.name), c.name) : null);
	section("Over time", "Noise killed nothing; it is drawn when its button is pressed. Times are UTC.", h("div", { class: "bar" }, chips), drawing);
}

// Known timeouts of the same length share a line and a label.
function knownGroups(from, to) {
	const groups = new Map();
	for (const k of data.known)
		if (k.seconds * 1000 >= from && k.seconds * 1000 <= to)
			groups.set(k.seconds, (groups.get(k.seconds) || []).concat(k.name));
	return [...groups].sort((a, b) => a[0] - b[0]);
}

// The network of an address: its /24, or of IPv6 the first four groups, those that "::" leaves out, too.
function networkOf(ip) {
	if (!ip.includes(":"))
		return ip.replace(/\.\d+$/, ".0/24");
	const [front, back] = ip.split("::").map((part) => part ? part.split(":") : []);
	const groups = back ? [...front, ...Array(Math.max(0, 8 - front.length - back.length)).fill("0"), ...back] : front;
	return groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":") + "/64";
}

// The learned path of a server: same network and port.
function learnedOf(server) {
	const match = /^\[?([0-9a-fA-F:.]+?)\]?:(\d+)$/.exec(server || "");
	return match && data.learned.find((l) => l.port === Number(match[2]) && l.side === "server" &&
		networkOf(l.prefix.replace(/\/\d+$/, "")) === networkOf(match[1]));
}

function pairs(list) {
	const found = [];
	for (let i = 0; i < list.length; i += 2)
		found.push([list[i], list[i + 1]]);
	return found;
}

function drawGaps(gaps, learned, width, tip) {
	const left = 52, top = 84, bottom = 24, height = top + (width < 500 ? 190 : 230);
	const begin = (bar) => data.gaps_least * 10 ** (bar / data.gaps_per_decade);
	const coarse = width < 500 ? 4 : 2, counts = new Map();
	for (const [kind, list] of [["idle", gaps.idle], ["other", gaps.other]])
		for (const [bar, count] of pairs(list)) {
			const key = Math.floor(bar / coarse) * coarse, both = counts.get(key) || { idle: 0, other: 0 };
			both[kind] += count;
			counts.set(key, both);
		}
	const keys = [...counts.keys()], most = Math.max(1, ...[...counts.values()].map((c) => c.idle + c.other));
	const from = Math.max(100, begin(Math.min(...keys, 40)) / 1.3), to = begin(Math.max(...keys, 120) + coarse) * 1.3;
	const x = logScale(from, to, left, width - 8), { svg, y } = frame(width, height, left, top, bottom, niceScale(most, 4));
	logAxis(svg, x, { from, to, top, y: height - 6, width });
	drawLearned(svg, learned, x, from, to, height - bottom);
	for (const [key, both] of counts) {
		const x1 = x(Math.max(begin(key), from)), x2 = x(begin(key + coarse)), wide = Math.max(x2 - x1 - 1, 1.5);
		svg.append(s("rect", { x: x1, width: wide, y: y(both.idle), height: Math.max(y(0) - y(both.idle), 0), fill: "var(--idle-timeout)" }));
		svg.append(s("rect", { x: x1, width: wide, y: y(both.idle + both.other), height: Math.max(y(both.idle) - y(both.idle + both.other), 0),
			fill: "var(--other)" }));
		const hit = s("rect", { class: "hit", x: x1, width: Math.max(x2 - x1, 3), y: top, height: height - top - bottom });
		hover(hit, tip, () => durationText(begin(key)) + " to " + durationText(begin(key + coarse)) + "\nidle timeouts " + number(both.idle) +
			"\nothers " + number(both.other));
		svg.append(hit);
	}
	const weight = (a, b) => [...counts].reduce((sum, [key, both]) => sum + (begin(key) < b && begin(key + coarse) > a ? both.idle : 0), 0);
	markKnown(svg, x, { from, to, top, y: height - bottom, width, tip, weight });
	return svg;
}

function drawLearned(svg, learned, x, from, to, y) {
	if (!learned)
		return;
	const clamp = (ms) => x(Math.min(Math.max(ms, from), to));
	if (learned.survived !== undefined)
		svg.append(s("rect", { x: x(from), width: Math.max(clamp(learned.survived) - x(from), 0), y: y - 4, height: 4, fill: "var(--good)" }));
	if (learned.killed !== undefined)
		svg.append(s("rect", { x: clamp(learned.killed), width: Math.max(x(to) - clamp(learned.killed), 0), y: y - 4, height: 4, fill: "var(--bad)" }));
}

// Labels go into rows above the bars, those with most resets at or behind them first, each where it runs into no other.
function markKnown(svg, x, { from, to, top, y, width, tip, weight }) {
	const rows = [[], [], [], []], groups = knownGroups(from, to), labels = [];
	const near = new Map(groups.map((group) => [group, weight(group[0] * 970, group[0] * 1300)]));
	for (const group of [...groups].sort((a, b) => near.get(b) - near.get(a) || a[0] - b[0])) {
		const [seconds, names] = group, at = x(seconds * 1000);
		const label = durationText(seconds * 1000) + " " + names[0] + (names.length > 1 ? " +" + (names.length - 1) : ""), wide = textWidth(label);
		const begin = at + 4 + wide > width ? at - wide - 4 : at + 4;
		const row = begin < 0 ? -1 : rows.findIndex((taken) => taken.every(([first, last]) => begin > last || at + wide + 4 < first));
		svg.append(s("line", { class: "known", x1: at, x2: at, y1: row < 0 ? top - 4 : 8 + row * 18, y2: y }));
		const wider = s("line", { x1: at, x2: at, y1: 4, y2: y, stroke: "transparent", "stroke-width": 9 });
		hover(wider, tip, () => durationText(seconds * 1000) + "\n" + names.join("\n"));
		svg.append(wider);
		if (row < 0)
			continue;
		labels.push(s("text", { class: "known", x: begin, y: 16 + row * 18 }, label));
		rows[row].push([Math.min(begin, at) - 8, Math.max(begin + wide, at) + 8]);
	}
	svg.append(...labels);
}

function showGaps() {
	const withGaps = data.servers.filter((server) => server.idle.length || server.other.length);
	if (!data.gaps.idle.length && !data.gaps.other.length)
		return;
	let chosen = null;
	const note = h("p", { class: "soft" });
	const drawing = chart("Silences before the reset, on a logarithmic scale", (width, tip) =>
		drawGaps(chosen || data.gaps, chosen ? learnedOf(chosen.name) : null, width, tip));
	const tell = () => {
		const learned = chosen && learnedOf(chosen.name);
		note.textContent = !chosen ? "" : learned ? learnedText(learned) : "Nothing is learned of this server's path yet.";
	};
	const choice = h("select", {
		id: "server", "aria-label": "Server",
		onchange: (event) => {
			chosen = withGaps[event.currentTarget.selectedIndex - 1] || null;
			tell();
			drawing.redraw();
		},
	}, h("option", {}, "all servers"), withGaps.map((server) => h("option", {}, server.name + " (" + number(server.harm) + ")")));
	section("Silences", "How long a connection had been silent before the packet that met the reset. A cluster at a dashed line names a suspect; " +
		"a box that answers the next packet kills at its timeout or later.",
		h("div", { class: "bar" }, choice, h("span", { class: "key" }, swatch("idle-timeout"), "idle timeouts"),
			h("span", { class: "key" }, otherSwatch(), "other resets")), drawing, note);
}

function otherSwatch() {
	const box = h("span", { class: "swatch" });
	box.style.background = "var(--other)";
	return box;
}

function learnedText(l) {
	const parts = [];
	if (l.survived !== undefined)
		parts.push("silences of up to " + durationText(l.survived) + " survive");
	if (l.killed !== undefined)
		parts.push("from " + durationText(l.killed) + " on they are killed");
	if (!parts.length)
		parts.push("nothing certain yet");
	if (l.keepalive)
		parts.push("a keepalive every " + number(l.keepalive) + " s holds" + (l.proven ? "" : " (not proven)"));
	return "Learned: " + parts.join(", ") + (l.contradicts ? "; this contradicts itself: the timeout changed, or several boxes share the path" : "") + ".";
}

function drawBracket(l, width) {
	const from = 1e3, to = 1e9, x = logScale(from, to, 2, width - 2), svg = s("svg", { viewBox: "0 0 " + width + " 26", width, height: 26, "aria-hidden": "true" });
	const clamp = (ms) => x(Math.min(Math.max(ms, from), to));
	svg.append(s("rect", { x: 2, y: 6, width: width - 4, height: 8, rx: 4, fill: "var(--rule)" }));
	if (l.survived !== undefined)
		svg.append(s("rect", { x: 2, y: 6, width: clamp(l.survived) - 2, height: 8, rx: 4, fill: "var(--good)" }));
	if (l.killed !== undefined)
		svg.append(s("rect", { x: clamp(l.killed), y: 6, width: width - 2 - clamp(l.killed), height: 8, rx: 4, fill: "var(--bad)" }));
	for (const k of knownGroups(from, to))
		svg.append(s("line", { class: "known", x1: x(k[0] * 1000), x2: x(k[0] * 1000), y1: 2, y2: 18 }));
	return svg;
}

function showLearned() {
	if (!data.learned.length)
		return;
	const rows = data.learned.map((l) => h("tr", {},
		cell("", [h("span", { class: "mono cause" }, l.prefix + " port " + l.port), h("br"),
			h("span", { class: "soft" }, l.side + " side" + (l.in ? ", via " + l.in : "") + ", " + number(l.peers) + " peers")]),
		cell("", [drawBracket(l, 260), h("span", {}, learnedText(l).replace("Learned: ", ""))]),
		cell("candidates", l.candidates.slice(0, 4).join(", ") + (l.candidates.length > 4 ? ", \u2026" : "")),
		cell("survived", number(l.survived_samples), "number"), cell("killed", number(l.killed_samples), "number")));
	section("Learned timeouts", "What each path has shown of its idle timeout: green survives, red is killed, from 1 s to 11 days; dashed are known " +
		"timeouts." + (data.learned_count > data.learned.length ? " These are the worst of " + number(data.learned_count) + "." : ""),
		table([["path"], ["bracket"], ["candidates"], ["survived", "number"], ["killed", "number"]], rows, "cards"));
}

function placeRow(place, name) {
	const gap = place.gap_max === undefined ? "" : durationText(place.gap_min) + (place.gap_max > place.gap_min * 1.01 ? " to " + durationText(place.gap_max) : "");
	return h("tr", {}, cell("", name, "mono"), cell("resets", number(place.harm), "number"), cell("", mix(place.classes)),
		cell("mostly", place.cause + " (" + number(place.cause_count) + ")", "cause"), cell("idle kills after", gap),
		cell("last", dateText(place.last) + " " + clockText(place.last), "time"));
}

// The first ones; a button for the rest.
function worst(title, text, places, name, leftOut) {
	if (!places.length)
		return;
	const rows = places.map((place) => placeRow(place, name(place))), body = rows.slice(0, 15);
	const whole = table([[title], ["resets", "number"], ["by class"], ["mostly"], ["idle kills after"], ["last"]], body, "cards");
	const more = rows.length > 15 ? h("button", { class: "more", type: "button",
		onclick: () => { whole.querySelector("tbody").append(...rows.slice(15)); more.remove(); } }, "all " + rows.length) : null;
	section("Worst " + title + "s", text + (leftOut ? " More were seen than are remembered: " + number(leftOut) + " resets are not in this list." : ""), whole, more);
}

function showCauses() {
	const rows = data.causes.filter((c) => c.count).sort((a, b) => b.count - a.count).map((c) => h("tr", {},
		cell("", [swatch(c.class), h("span", { class: "cause" }, c.class + "/" + c.name)]), cell("resets", number(c.count), "number"),
		cell("", c.meaning), cell("what to do:", c.advice)));
	if (rows.length)
		section("Causes", "", table([["cause"], ["resets", "number"], ["what happened"], ["what to do"]], rows, "cards"));
}

function start() {
	showHead();
	showAges();
	showGaps();
	showLearned();
	worst("path", "From the clients' network to the server; noise does not count.", data.paths, (p) => p.from + " \u2192 " + p.to, data.paths_left_out);
	worst("server", "", data.servers, (p) => p.name, data.servers_left_out);
	showCauses();
	showRows();
	page.append(h("footer", { class: "soft" }, "Made by rstwhy report, " + dateText(data.made) + " " + clockText(data.made) + " UTC. A connection that was reset counts once, " +
		"whatever the number of its RSTs." + (data.amended ? " " + number(data.amended) + " were judged anew by a later finding, and count as that." : "") +
		(data.unreadable ? " " + number(data.unreadable) + " lines of the log were no records and are left out." : "")));
}
