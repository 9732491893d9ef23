// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the rstwhy authors
// charts.js - drawing for page.js. All text becomes text nodes or attributes, never markup.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

// An element; attributes by name, "on..." as listeners, children as nodes or text.
function h(name, attributes, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {})) {
		if (value === null || value === undefined || value === false)
			continue;
		if (key.startsWith("on"))
			element.addEventListener(key.slice(2), value);
		else
			element.setAttribute(key, value === true ? "" : value);
	}
	for (const child of children.flat(Infinity))
		if (child !== null && child !== undefined)
			element.append(child instanceof Node ? child : String(child));
	return element;
}

function s(name, attributes, text) {
	const element = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes || {}))
		element.setAttribute(key, value);
	if (text !== undefined)
		element.textContent = text;
	return element;
}

const two = (n) => String(n).padStart(2, "0");
const number = (n) => Math.round(n).toLocaleString("en");

function dateText(ms) {
	const d = new Date(ms);
	return d.getUTCFullYear() + "-" + two(d.getUTCMonth() + 1) + "-" + two(d.getUTCDate());
}

function clockText(ms) {
	const d = new Date(ms);
	return two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
}

// As the log says it: 0.3 ms, 350.4 s, 2 h 4 min, 3 d 2 h.
function durationText(ms) {
	if (ms < 10)
		return ms.toFixed(1) + " ms";
	if (ms < 1000)
		return ms.toFixed(0) + " ms";
	if (ms < 7200e3)
		return (ms / 1000).toFixed(ms < 10e6 && ms % 1000 ? 1 : 0) + " s";
	if (ms < 172800e3) {
		const minutes = Math.round(ms / 60e3);
		return Math.floor(minutes / 60) + " h" + (minutes % 60 ? " " + minutes % 60 + " min" : "");
	}
	const hours = Math.round(ms / 3600e3);
	return Math.floor(hours / 24) + " d" + (hours % 24 ? " " + hours % 24 + " h" : "");
}

// A round number at least as large, with its step.
function niceScale(most, steps) {
	const raw = Math.max(most, 1) / steps, power = 10 ** Math.floor(Math.log10(raw));
	const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw));
	return { top: Math.ceil(Math.max(most, 1) / step) * step, step };
}

// A box with a tooltip; draw(width) gives the svg, and is called again when the width changes.
function chart(label, draw) {
	const tip = h("div", { class: "tip", hidden: true });
	const box = h("div", { class: "chart", role: "img", "aria-label": label }, tip);
	let svg = null, drawn = 0;
	const redraw = () => {
		const width = Math.max(280, box.clientWidth - 16);
		drawn = width;
		tip.hidden = true;
		const fresh = draw(width, tip);
		if (svg)
			svg.replaceWith(fresh);
		else
			box.append(fresh);
		svg = fresh;
	};
	new ResizeObserver(() => {
		if (Math.max(280, box.clientWidth - 16) !== drawn)
			redraw();
	}).observe(box);
	box.redraw = () => drawn && redraw();
	return box;
}

// Show text beside where the pointer is, inside the chart.
function hover(element, tip, text) {
	const show = (event) => {
		const box = tip.parentElement.getBoundingClientRect();
		tip.textContent = text();
		tip.hidden = false;
		const x = event.clientX - box.left, room = box.width - tip.offsetWidth - 8;
		tip.style.left = Math.max(4, Math.min(x + 14, room)) + "px";
		tip.style.top = Math.max(4, event.clientY - box.top - tip.offsetHeight - 12) + "px";
	};
	element.addEventListener("pointermove", show);
	element.addEventListener("pointerdown", show);
	element.addEventListener("pointerleave", () => { tip.hidden = true; });
}

function frame(width, height, left, top, bottom, scale) {
	const svg = s("svg", { viewBox: "0 0 " + width + " " + height, width, height, "aria-hidden": "true" });
	const inner = height - top - bottom, y = (value) => top + inner - value / scale.top * inner;
	for (let value = 0; value <= scale.top; value += scale.step) {
		svg.append(s("line", { class: "grid", x1: left, x2: width - 4, y1: y(value), y2: y(value) }));
		svg.append(s("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, number(value)));
	}
	return { svg, y };
}

// Stacked bars over time. bars: [[count of class 0, ...], ...]; shown: which classes.
function drawAges(ages, classes, shown, width, tip) {
	const height = width < 500 ? 220 : 260, left = 52, bottom = 24, top = 10;
	const together = Math.ceil(ages.bars.length / Math.max(24, Math.floor((width - left) / 5)));
	const bars = [];
	for (let i = 0; i < ages.bars.length; i += together)
		bars.push(classes.map((_, c) => ages.bars.slice(i, i + together).reduce((sum, bar) => sum + bar[c], 0)));
	const sum = (bar) => bar.reduce((total, count, c) => total + (shown[c] ? count : 0), 0);
	const { svg, y } = frame(width, height, left, top, bottom, niceScale(Math.max(...bars.map(sum)), 4));
	const step = (width - left - 4) / bars.length, start = (i) => (ages.first + i * together * ages.width) * 1000;
	bars.forEach((bar, i) => {
		let below = 0;
		bar.forEach((count, c) => {
			if (!shown[c] || !count)
				return;
			svg.append(s("rect", { x: left + i * step, width: Math.max(step - (step > 4 ? 1 : 0), .5), y: y(below + count),
				height: Math.max(y(below) - y(below + count), .5), fill: "var(--" + classes[c] + ")" }));
			below += count;
		});
	});
	timeAxis(svg, { start, step, left, y: height - 6, width });
	bars.forEach((bar, i) => {
		const hit = s("rect", { class: "hit", x: left + i * step, width: step, y: top, height: height - top - bottom });
		hover(hit, tip, () => dateText(start(i)) + " " + clockText(start(i)) + ", " + durationText(ages.width * together * 1000) + "\n" +
			bar.map((count, c) => shown[c] && count ? classes[c] + " " + number(count) : null).filter(Boolean).join("\n"));
		svg.append(hit);
	});
	return svg;
}

// How wide a label of the charts is.
const pen = document.createElement("canvas").getContext("2d");
function textWidth(text) {
	pen.font = "12px " + getComputedStyle(document.body).fontFamily;
	return pen.measureText(text).width;
}

// Steps of the time axis, in minutes: parts of a day, then days.
const STEPS = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10080, 40320, 161280];

// Labels at round times, the day where it is a new one.
function timeAxis(svg, { start, step, left, y, width }) {
	const begin = start(0), bar = start(1) - begin, x = (at) => left + (at - begin) / bar * step;
	const every = 60e3 * (STEPS.find((minutes) => minutes * 60e3 / bar * step >= 90) || STEPS[STEPS.length - 1]);
	let day = "", at = Math.ceil(begin / every) * every;
	if (x(at) + 70 > width) // none fits: where it begins, then
		at = begin;
	for (; x(at) + 70 <= width || at === begin; at += every) {
		const today = dateText(at);
		svg.append(s("line", { class: "grid", x1: x(at), x2: x(at), y1: y - 18, y2: y - 12 }));
		svg.append(s("text", { class: "time", x: x(at), y }, today === day ? clockText(at) : today.slice(5) + " " + clockText(at)));
		day = today;
	}
}

// The scale of silences: position of ms between two bounds that hold all bars.
function logScale(from, to, left, right) {
	const a = Math.log10(from), b = Math.log10(to);
	return (ms) => left + (Math.log10(ms) - a) / (b - a) * (right - left);
}

const TICKS = [[100, "0.1 s"], [1e3, "1 s"], [1e4, "10 s"], [6e4, "1 min"], [3e5, "5 min"], [1.8e6, "30 min"], [7.2e6, "2 h"], [4.32e7, "12 h"],
	[1.728e8, "2 d"], [8.64e8, "10 d"], [4.32e9, "50 d"]];

function logAxis(svg, x, { from, to, top, y, width }) {
	let free = -Infinity;
	for (const [ms, label] of TICKS) {
		if (ms < from || ms > to)
			continue;
		svg.append(s("line", { class: "grid", x1: x(ms), x2: x(ms), y1: top, y2: y - 14 }));
		if (x(ms) > free && x(ms) < width - 14) {
			svg.append(s("text", { x: x(ms), y, "text-anchor": "middle" }, label));
			free = x(ms) + 46;
		}
	}
}
