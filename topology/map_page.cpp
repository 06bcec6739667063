#include <fmt/format.h>

#include "topology/map_svg.h"

namespace plumb::topology {
namespace {

constexpr std::string_view kHead = R"page(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>Plumbline map</title>
<style>
:root { color-scheme:light dark; } body { margin:0; font:14px system-ui,sans-serif; background:Canvas; color:CanvasText; }
form { position:sticky; top:0; padding:8px 16px; background:Canvas; } input { font:inherit; width:22em; max-width:60vw; }
svg { width:100%; height:auto; min-width:900px; } main { overflow-x:auto; }
.seek g { opacity:.13; } .seek g.found { opacity:1; }
</style>
</head>
<body>
<form role="search"><input type="search" id="words" aria-label="part of a name" placeholder="part of a name, such as n05 or leaf3"> <output id="found"></output></form>
<main>
)page";

constexpr std::string_view kTail = R"page(</main>
<script>
"use strict";
const words = document.getElementById("words"), found = document.getElementById("found"), map = document.querySelector("svg");
words.form.addEventListener("submit", (e) => e.preventDefault());
words.addEventListener("input", () => {
  const wanted = words.value.toLowerCase(); let count = 0;
  map.classList.toggle("seek", wanted !== "");
  for (const part of map.querySelectorAll("g")) {
    const title = part.querySelector("title"), hit = wanted !== "" && title !== null && title.textContent.toLowerCase().includes(wanted);
    part.classList.toggle("found", hit); count += hit ? 1 : 0;
  }
  found.textContent = wanted === "" ? "" : count + (count === 1 ? " part" : " parts");
});
</script>
</body>
</html>
)page";

}  // namespace

std::string html_text(const Picture& picture) { return std::string(kHead) + svg_text(picture) + std::string(kTail); }

}  // namespace plumb::topology
