// Draws the figures of a report: each is data in the page, and a place with the
// same id.  Colours are named in the data and made here, for light and for dark
// pages; the categorical ones are those of Okabe and Ito, which people who see
// colours differently can tell apart, a little lighter in the dark.
"use strict";
(() => {
    const THEMES = {
        light: {
            ink: "#1a1a1a", faint: "#666", grid: "#e3e3e3", paper: "#fff",
            series: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195",
                "#666666"],
            scale: ["#440154", "#3b528b", "#21918c", "#3fab5f", "#9bc32a"],
        },
        dark: {
            ink: "#e4e4e4", faint: "#a0a0a0", grid: "#33373c", paper: "#16181b",
            series: ["#4aa3df", "#f08a45", "#2fc49a", "#e39ac4", "#f0b93a", "#8fd0f5", "#b392d6",
                "#a8a8a8"],
            scale: ["#8e82dd", "#4f9bd1", "#2fb39a", "#79cf5a", "#fde725"],
        },
    };
    const PRINTED = 890; // pixels: the width of a figure that is printed

    const figures = JSON.parse(document.getElementById("figures").textContent);
    const isDark = matchMedia("(prefers-color-scheme: dark)");

    function channels(hex) {
        return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    }

    // A place between the first colour of a scale (0) and its last (1).
    function between(scale, place) {
        const at = place * (scale.length - 1);
        const below = Math.min(Math.floor(at), scale.length - 2);
        const low = channels(scale[below]);
        const high = channels(scale[below + 1]);
        const mixed = low.map((value, i) => Math.round(value + (high[i] - value) * (at - below)));
        return `rgb(${mixed.join(", ")})`;
    }

    function colour(name, theme) {
        if (name === "@ink") {
            return theme.ink;
        }
        return name[0] === "@" ? theme.series[name[1] - 1]
            : between(theme.scale, Number(name.slice(1)));
    }

    // The data with colours in place of their names.
    function paint(value, theme, isColour) {
        if (Array.isArray(value)) {
            return value.map((item) => paint(item, theme, isColour));
        } else if (value !== null && typeof value === "object") {
            return Object.fromEntries(Object.entries(value).map(
                ([name, item]) => [name, paint(item, theme, name === "color")]));
        }
        return isColour ? colour(value, theme) : value;
    }

    function templateOf(theme) {
        const axis = {
            automargin: true, gridcolor: theme.grid, linecolor: theme.faint, showline: true,
            tickcolor: theme.faint, ticks: "outside", ticklen: 4, zeroline: false,
            zerolinecolor: theme.faint, title: { standoff: 8 },
        };
        return {
            layout: {
                paper_bgcolor: theme.paper, plot_bgcolor: theme.paper,
                font: {
                    color: theme.ink, size: 12,
                    family: getComputedStyle(document.body).fontFamily,
                },
                hoverlabel: { bgcolor: theme.paper, font: { color: theme.ink } },
                margin: { l: 70, r: 16, t: 30, b: 48 },
                xaxis: axis, yaxis: axis,
            },
        };
    }

    function draw(theme, width) {
        return Promise.all(figures.map((figure) => {
            const layout = paint(figure.layout, theme);
            layout.template = templateOf(theme);
            if (width) {
                layout.width = width;
            }
            return Plotly.react(figure.id, paint(figure.traces, theme), layout, {
                responsive: true, displaylogo: false,
                modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
                plotlyServerURL: "", // the data stays here
                toImageButtonOptions: { format: "svg", filename: figure.id },
            });
        }));
    }

    function drawForScreen() {
        return draw(isDark.matches ? THEMES.dark : THEMES.light);
    }

    isDark.addEventListener("change", drawForScreen);
    addEventListener("beforeprint", () => draw(THEMES.light, PRINTED));
    addEventListener("afterprint", drawForScreen);
    drawForScreen().then(() => {
        document.documentElement.dataset.figures = figures.length;
    });
})();
