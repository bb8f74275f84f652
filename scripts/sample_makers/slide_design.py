"""The design of the sample presentations: theme, master and two layouts."""

from __future__ import annotations

import re
from typing import Any

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

from sample_makers.imprint import ACCENT, ACCENT_TINT, GREY, HEADING_FONT, INK

# Width and height in inches of the boxes on a slide of 13.333 by 7.5.
TITLE_BOX = (11.6, 1.9)
SUBTITLE_BOX = (11.6, 1.9)
BODY_BOX = (11.6, 4.9)
LEFT = 0.9

STYLES = f"""
<p:txStyles {nsdecls("p", "a")}>
  <p:titleStyle><a:lvl1pPr algn="l" eaLnBrk="1"><a:lnSpc><a:spcPct val="110000"/></a:lnSpc><a:buNone/>
    <a:defRPr sz="3200" b="1" kern="1200"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>
    <a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/></a:defRPr></a:lvl1pPr></p:titleStyle>
  <p:bodyStyle><a:lvl1pPr marL="342900" indent="-342900" algn="l" eaLnBrk="1">
    <a:lnSpc><a:spcPct val="115000"/></a:lnSpc><a:spcBef><a:spcPts val="1000"/></a:spcBef>
    <a:buClr><a:schemeClr val="accent1"/></a:buClr><a:buSzPct val="80000"/>
    <a:buFont typeface="Arial"/><a:buChar char="&#9632;"/>
    <a:defRPr sz="2800" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>
    <a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/></a:defRPr></a:lvl1pPr></p:bodyStyle>
  <p:otherStyle/>
</p:txStyles>"""

BAR = """
<p:sp {names}>
  <p:nvSpPr><p:cNvPr id="{number}" name="Accent bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>
  <p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
    <a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
    <a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>
  <p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="zh-CN"/></a:p></p:txBody></p:sp>"""

BACKGROUND = """
<p:bg {names}><p:bgPr><a:solidFill><a:schemeClr val="bg2"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>"""

SUBTITLE_STYLE = """
<a:lstStyle {names}><a:lvl1pPr marL="0" indent="0"><a:buNone/><a:defRPr sz="2200"><a:solidFill>
  <a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>"""

NUMBER_STYLE = """
<a:lstStyle {names}><a:lvl1pPr algn="r"><a:defRPr sz="1200"><a:solidFill>
  <a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>"""


def apply_design(show: Any) -> None:
    show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
    set_theme(show)
    master = show.slide_master
    styles = master._element.find("{*}txStyles")
    styles.getparent().replace(styles, parse_xml(STYLES))
    cover, content = show.slide_layouts
    for page in (master, cover, content):
        drop_placeholders(page, "dt", "ftr")
        arrange(page)
    arrange_cover(cover)
    add_bar(content, left=0.55, top=0.72, width=0.1, height=0.62)


def set_theme(show: Any) -> None:
    """Fonts and colours by name."""
    part = show.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = part.blob.decode("utf-8")
    theme = theme.replace('<a:latin typeface="Calibri"/>', f'<a:latin typeface="{HEADING_FONT}"/>')
    theme = theme.replace('<a:ea typeface=""/>', f'<a:ea typeface="{HEADING_FONT}"/>')
    for name, colour in (("dk1", INK), ("dk2", GREY), ("lt2", ACCENT_TINT), ("accent1", ACCENT)):
        theme = re.sub(
            rf"<a:{name}>.*?</a:{name}>",
            f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>',
            theme,
            flags=re.DOTALL,
        )
    part._blob = theme.encode("utf-8")


def drop_placeholders(page: Any, *kinds: str) -> None:
    for shape in list(page.placeholders):
        if shape.element.ph.get("type") in kinds:
            shape._element.getparent().remove(shape._element)


def arrange(page: Any) -> None:
    for shape in page.placeholders:
        kind = shape.element.ph.get("type", "obj")
        if kind in {"title", "ctrTitle"}:
            place(shape, left=LEFT, top=0.55, width=TITLE_BOX[0], height=0.95)
            set_list_style(shape, "<a:lstStyle {names}/>")
        elif kind in {"body", "obj", "subTitle"}:
            place(shape, left=LEFT, top=1.75, width=BODY_BOX[0], height=BODY_BOX[1])
            set_list_style(shape, "<a:lstStyle {names}/>")
        else:
            place(shape, left=10.5, top=6.9, width=2.0, height=0.35)
            set_list_style(shape, NUMBER_STYLE)


def arrange_cover(cover: Any) -> None:
    drop_placeholders(cover, "sldNum")
    common = cover._element.find("{*}cSld")
    common.insert(0, parse_xml(BACKGROUND.format(names=nsdecls("p", "a"))))
    title, subtitle = cover.placeholders
    place(title, left=LEFT, top=1.7, width=TITLE_BOX[0], height=TITLE_BOX[1])
    title._element.txBody.bodyPr.set("anchor", "b")
    place(subtitle, left=LEFT, top=3.95, width=SUBTITLE_BOX[0], height=SUBTITLE_BOX[1])
    set_list_style(subtitle, SUBTITLE_STYLE)
    add_bar(cover, left=0, top=0, width=0.35, height=7.5)
    add_bar(cover, left=LEFT + 0.1, top=3.75, width=1.4, height=0.07)


def place(shape: Any, *, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top = Inches(left), Inches(top)
    shape.width, shape.height = Inches(width), Inches(height)


def set_list_style(shape: Any, style: str) -> None:
    old = shape._element.txBody.find("{*}lstStyle")
    old.getparent().replace(old, parse_xml(style.format(names=nsdecls("a"))))


def add_bar(page: Any, *, left: float, top: float, width: float, height: float) -> None:
    tree = page.shapes._spTree
    box = {"left": left, "top": top, "width": width, "height": height}
    emus = {side: int(Inches(inches)) for side, inches in box.items()}
    bar = BAR.format(names=nsdecls("p", "a"), number=100 + len(tree), **emus)
    tree.insert_element_before(parse_xml(bar), "p:sp", "p:extLst")
