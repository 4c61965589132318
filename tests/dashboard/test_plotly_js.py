"""The script that draws the charts is cut to the kinds that are drawn, and whole where that was not made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard import plotly_js
from dashboard.plotly_js import ADDRESS, TRACES
from pipeline.settings import load_settings
from scripts.cut_plotly import cut

# A bundle in small: wrapped modules, one that a list registers through another, names that are filled in later.
BUNDLE = b"""/* licence */ (() => {"use strict";var Charts=(()=>{
var fill=(e,t)=>{},wrap=(e,t)=>()=>(t||e((t={exports:{}}).exports,t),t.exports);
var unused=wrap((e,t)=>{t.exports=shape()}),shape=wrap((e,t)=>{t.exports=1});
var lines={},blobs={};fill(lines,{draw:()=>draw});fill(blobs,{spray:()=>spray});
function draw(){return tool()}function spray(){return shape()}
var tool=wrap((e,t)=>{t.exports=/[}]"/});
var pie=wrap((e,t)=>{t.exports={moduleType:"trace",name:"pie",plot:blobs}}),pies=wrap((e,t)=>{t.exports=pie()});
var bar=wrap((e,t)=>{t.exports={moduleType:"trace",name:"bar",plot:lines}}),bars=wrap((e,t)=>{t.exports=bar()});
var dates=wrap((e,t)=>{t.exports={moduleType:"component",name:"dates"}});
var all=wrap((e,t)=>{var r=core();r.register([pies(),bars(),dates()]);t.exports=r});
var core=wrap((e,t)=>{t.exports={register(){}}});
return all()})();})"""


def test_what_the_wanted_kinds_ask_for_is_kept_and_nothing_else() -> None:
    made = cut(BUNDLE, {"bar"})
    assert made.startswith(b'/* licence */ (() => {"use strict";var Charts=(()=>{')
    assert b"r.register([bars()])" in made
    for kept in (
        b"var fill=(e,t)=>{},wrap=",
        b"function draw(){return tool()}",
        b"fill(lines,",
        b'/[}]"/',
        b"core=wrap",
    ):
        assert kept in made
    for gone in (b"unused", b"shape", b"spray", b"blobs", b"pie", b"dates"):
        assert gone not in made


def test_a_script_of_another_make_is_not_cut() -> None:
    with pytest.raises(ValueError, match="no list of the kinds of chart"):
        cut(b"(() => {function f(){return 1} return f()})()", {"bar"})


def test_the_made_one_draws_what_is_drawn_and_is_a_third_of_the_whole() -> None:
    if not plotly_js.CUT.exists() and not os.environ.get("CI"):
        pytest.skip("dashboard/build/plotly.js is not made: `make install` makes it")
    script, whole = plotly_js.plotly_js(), plotly_js.whole()
    assert len(script) < len(whole) / 3
    for trace in TRACES:
        assert f'moduleType:"trace",name:"{trace}"'.encode() in script
    assert b'name:"scattermap"' in whole
    assert b'name:"scattermap"' not in script
    assert b"Licensed under the MIT license" in script


@pytest.mark.parametrize("left", [None, b"/* plotly, cut to pie (0000) */\n()"], ids=["none made", "made of another"])
def test_without_one_made_of_what_is_installed_the_whole_is_sent(
    left: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = tmp_path / "plotly.js"
    if left is not None:
        made.write_bytes(left)
    monkeypatch.setattr(plotly_js, "CUT", made)
    assert plotly_js.plotly_js.__wrapped__() == plotly_js.whole()


def test_browsers_get_it_where_dash_has_them_fetch_it(tmp_path: Path) -> None:
    from dashboard.app import create_app

    app = create_app(tmp_path, "nothing", load_settings(store=tmp_path))
    answer = app.server.test_client().get(ADDRESS)
    assert answer.data == plotly_js.plotly_js()
    assert answer.mimetype == "text/javascript"
