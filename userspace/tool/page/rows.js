// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the rstwhy authors
// rows.js - the page's table of resets, and its filter

const ROWS_AT_ONCE = 100;

function sideText(row) {
	if (row.kind === "summary")
		return "many from " + (row.source || "?");
	if ((row.by || "").startsWith("gateway-"))
		return "this gateway";
	return row.sender === "client" ? "client side" : row.sender === "server" ? "server side" : "somebody";
}

function gapText(row) {
	if (row.gap !== undefined)
		return durationText(row.gap);
	return row.gap_max === undefined ? "" : durationText(row.gap_min || 0) + " to " + durationText(row.gap_max);
}

// Everything that the filter looks into, once.
function searchText(row) {
	return [row.class + "/" + row.cause, row.client, row.server, row.nat_client, row.nat_server, row.source, row.stage, row.by, sideText(row), row.in, row.out,
		row.gateway, row.id, row.amends, row.kind, row.advice].concat(row.evidence || [], row.also || [], row.candidates || []).join("\n").toLowerCase();
}

function detail(row, columns) {
	const cause = data.causes.find((c) => c.name === row.cause);
	const facts = [["id", row.id], ["amends", row.amends], ["gateway", row.gateway], ["stage", row.stage], ["sent by", row.by], ["in", row.in], ["out", row.out],
		["client as the server sees it", row.nat_client], ["real server", row.nat_server], ["age", row.age === undefined ? null : durationText(row.age)],
		["our timeout before the silence", row.timeout === undefined ? null : durationText(row.timeout)],
		["could also be", (row.also || []).join(", ")], ["candidates", (row.candidates || []).join(", ")]];
	return h("tr", { class: "details" }, h("td", { class: "detail", colspan: columns },
		cause ? h("p", {}, cause.meaning) : null,
		row.evidence ? h("ul", {}, row.evidence.map((sentence) => h("li", {}, sentence))) : null,
		h("p", {}, h("b", {}, "What to do: "), row.advice || (cause ? cause.advice : "")),
		h("p", { class: "soft" }, facts.filter((f) => f[1]).map(([name, value], i) => [(i ? " \u00b7 " : "") + name + " ", h("span", { class: "mono" }, value)]))));
}

function rowElement(row) {
	const columns = 7, toggle = () => {
		const open = element.classList.toggle("open");
		element.setAttribute("aria-expanded", String(open));
		if (open)
			element.after(detail(row, columns));
		else
			element.nextSibling.remove();
	};
	const element = h("tr", { class: "row", tabindex: "0", "aria-expanded": "false", onclick: toggle,
		onkeydown: (event) => {
			if (event.key === "Enter" || event.key === " ") {
				event.preventDefault();
				toggle();
			}
		} },
	cell("", dateText(row.ts) + " " + clockText(row.ts) + ":" + two(new Date(row.ts).getUTCSeconds()), "time"),
	cell("", [swatch(row.class), h("span", { class: "cause" }, row.class + "/" + row.cause + (row.kind ? " (" + row.kind + ")" : ""))]),
	cell("by", sideText(row)), cell("client", row.client, "mono"), cell("server", row.server, "mono"), cell("silence", gapText(row)),
	cell("sure", row.sure === undefined ? "" : Math.round(row.sure * 100) + " %", "number"));
	return element;
}

function showRows() {
	if (!data.rows.length)
		return;
	const texts = data.rows.map(searchText), body = h("tbody", { id: "rows" });
	const find = h("input", { class: "find", type: "search", id: "find", placeholder: "filter: address, cause, text; several words must all fit", "aria-label": "Filter" });
	const choice = h("select", { id: "class", "aria-label": "Class" }, h("option", {}, "all classes"), classNames.map((name) => h("option", {}, name)));
	const count = h("span", { class: "soft", id: "count", "aria-live": "polite" });
	const more = h("button", { class: "more", type: "button", onclick: () => show(found, shown) }, "more");
	let found = [], shown = 0;
	const show = (rows, from) => {
		shown = Math.min(rows.length, from + ROWS_AT_ONCE);
		body.append(...rows.slice(from, shown).map(rowElement));
		more.hidden = shown === rows.length;
	};
	const filter = () => {
		const words = find.value.toLowerCase().split(/\s+/).filter(Boolean), wanted = choice.selectedIndex ? classNames[choice.selectedIndex - 1] : null;
		found = data.rows.filter((row, i) => (!wanted || row.class === wanted) && words.every((word) => texts[i].includes(word)));
		count.textContent = number(found.length) + " of " + number(data.rows.length);
		body.replaceChildren();
		show(found, 0);
	};
	find.addEventListener("input", filter);
	choice.addEventListener("change", filter);
	section("The last resets", "The latest first; a line opens on a click. Times are UTC.", h("div", { class: "bar" }, find, choice, count),
		h("div", { class: "scroll" }, h("table", { class: "cards" }, h("thead", {}, h("tr", {}, ["time", "cause", "by", "client", "server", "silence"].map((name) => h("th", { scope: "col" }, name)),
			h("th", { scope: "col", class: "number" }, "sure"))), body)), more);
	filter();
}

start();
