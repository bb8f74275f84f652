/* Small helps; every page reads without them. Classic script: modules and fetch do not work on file://. */
(function () {
  "use strict";

  // Browsers refuse <track> on file://, so captions come with the page and are added as cues there.
  function seconds(clock) {
    return clock.trim().split(":").reduce(function (sum, part) { return sum * 60 + parseFloat(part.replace(",", ".")); }, 0);
  }
  function addCaptions(video, text) {
    var old = video.querySelector("track");
    var track = video.addTextTrack("captions", old ? old.label : "", old ? old.srclang : "");
    if (old) { video.removeChild(old); }
    text.replace(/\r/g, "").split(/\n\n+/).forEach(function (block) {
      var lines = block.split("\n");
      while (lines.length && lines[0].indexOf("-->") < 0) { lines.shift(); }
      if (!lines.length) { return; }
      var times = lines[0].split("-->");
      track.addCue(new VTTCue(seconds(times[0]), seconds(times[1].trim().split(/\s+/)[0]), lines.slice(1).join("\n")));
    });
    track.mode = "showing";
  }
  if (location.protocol === "file:") {
    document.querySelectorAll("script.kb-captions").forEach(function (data) {
      var video = data.parentNode.querySelector("video");
      if (video && window.VTTCue) { addCaptions(video, JSON.parse(data.textContent)); }
    });
  }

  // A pdf shows in the page once its preview is opened, where the browser can show pdf files at all.
  document.querySelectorAll("a.kb-pdf").forEach(function (link) {
    var box = link.closest("details");
    if (!box || navigator.pdfViewerEnabled !== true) { return; }
    box.addEventListener("toggle", function () {
      if (!box.open || box.querySelector("iframe")) { return; }
      var frame = document.createElement("iframe");
      frame.src = link.href;
      frame.title = link.getAttribute("data-title");
      box.insertBefore(frame, box.querySelector("summary").nextSibling);
      var picture = box.querySelector("img");
      if (picture) { picture.hidden = true; }
    });
  });

  // The language menu closes when the reader goes elsewhere.
  document.querySelectorAll(".kb-languages").forEach(function (menu) {
    document.addEventListener("click", function (event) { if (!menu.contains(event.target)) { menu.open = false; } });
    menu.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
    });
  });

  // Material's boxes round wide tables: what scrolls can be reached by the keyboard, what does not is no stop.
  function reachWideTables() {
    document.querySelectorAll(".md-typeset__scrollwrap").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) { box.tabIndex = 0; } else { box.removeAttribute("tabindex"); }
    });
  }
  window.addEventListener("load", reachWideTables);
  window.addEventListener("resize", reachWideTables);

  // What opens the drawer is a label, which the keyboard does not reach: magnified pages would have no navigation.
  var drawer = document.getElementById("__drawer"), opener = document.querySelector("header label[for='__drawer']");
  var menu = document.querySelector(".md-nav--primary");
  if (drawer && opener && menu) {
    var tellState = function () { opener.setAttribute("aria-expanded", String(drawer.checked)); };
    var setDrawer = function (isOpen) {
      drawer.checked = isOpen;
      tellState();
      (isOpen ? menu.querySelector("a") : opener).focus();
    };
    opener.tabIndex = 0;
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-label", menu.getAttribute("aria-label"));
    tellState();
    drawer.addEventListener("change", tellState);
    opener.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        // Material clicks labels on Enter, which would close it again.
        event.stopPropagation();
        setDrawer(!drawer.checked);
      }
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && drawer.checked) { setDrawer(false); }
    });
  }

  // On paper, what is folded away must be there.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.kb-role").forEach(function (box) { box.open = true; });
  });

  // On a phone the ways to narrow a list start folded: the list comes first.
  if (window.matchMedia && window.matchMedia("(max-width: 59.99em)").matches) {
    document.querySelectorAll(".kb-side > details[open]").forEach(function (box) { box.open = false; });
  }
})();
