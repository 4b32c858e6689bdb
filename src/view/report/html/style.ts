/** The look of a report: dark where the reader's system is, else light; nothing is loaded from anywhere. */
export const STYLE = `
:root{color-scheme:light dark;--n1:#fff;--n2:#f7f8f9;--n4:#e6e9ec;--n6:#c9cfd6;--n9:#5e6873;--n11:#2c333a;--n12:#101418;--up:#007064;--down:#c62828;--main:#0b62c4;--other:#b25600}
@media(prefers-color-scheme:dark){:root{--n1:#0b0e11;--n2:#10141a;--n4:#1c222a;--n6:#303844;--n9:#8590a0;--n11:#cbd2db;--n12:#f1f4f7;--up:#26a69a;--down:#ef5350;--main:#4a9eff;--other:#f5923e}}
*{box-sizing:border-box}
body{margin:0;background:var(--n1);color:var(--n11);font:13px/1.45 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1320px;margin:0 auto;padding:24px 20px 40px}
h1{font-size:20px;line-height:1.2;margin:0 0 4px;color:var(--n12)}
h2{font-size:14px;margin:0;color:var(--n12)}
header p{margin:0;color:var(--n9)}
.notes{margin:12px 0 0;padding:8px 12px;border-left:3px solid var(--other);background:var(--n2);list-style:none}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1px;margin:16px 0 0;background:var(--n4);border:1px solid var(--n4);border-radius:6px;overflow:hidden}
.keys div{background:var(--n2);padding:10px 12px}
.keys dt{font-size:12px;color:var(--n9)}
.keys dd{margin:2px 0 0;font-size:20px;color:var(--n12)}
.keys small{display:block;font-size:12px;color:var(--n9)}
.sheet{display:grid;grid-template-columns:minmax(0,1fr) minmax(360px,420px);gap:28px;margin-top:20px;align-items:start}
@media(max-width:1000px){.sheet{grid-template-columns:minmax(0,1fr)}}
.chart{margin:0 0 22px}
figcaption{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;margin-bottom:4px}
svg{display:block;width:100%;height:auto}
svg text{font:11px Inter,system-ui,sans-serif;fill:var(--n9)}
.end{text-anchor:end}.mid{text-anchor:middle}
.halo{paint-order:stroke;stroke:var(--n1);stroke-width:3px;stroke-linejoin:round}
.grid{stroke:var(--n4)}.zero{stroke:var(--n6)}.mark{stroke:var(--n9);stroke-dasharray:3 3}
.line{fill:none;stroke-width:1.4;stroke-linejoin:round}
.line.main,.whisker.main{stroke:var(--main)}.line.other,.whisker.other{stroke:var(--other)}.line.up,.whisker.up{stroke:var(--up)}.line.down,.whisker.down{stroke:var(--down)}
.whisker{stroke-width:1.4}
.dot.main{fill:var(--main)}.dot.other{fill:var(--other)}.dot.up{fill:var(--up)}.dot.down{fill:var(--down)}
.area{stroke:none;opacity:.22}.area.down{fill:var(--down)}.area.main{fill:var(--main)}.area.up{fill:var(--up)}.area.other{fill:var(--other)}
.bar{opacity:.75}.bar.up{fill:var(--up)}.bar.down{fill:var(--down)}
.legend{margin:0;font-size:12px;color:var(--n9)}
.key{margin-right:12px}.key::before{content:"";display:inline-block;width:14px;height:2px;vertical-align:middle;margin-right:6px;background:var(--main)}
.key.other::before{background:var(--other)}.key.up::before{background:var(--up)}.key.down::before{background:var(--down)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
section{margin:0 0 20px}
section h2{padding-bottom:4px;border-bottom:1px solid var(--n6)}
th{font-weight:400;color:var(--n9);text-align:left;font-size:12px}
td,th{padding:3px 6px 3px 0;vertical-align:baseline}
section tr{border-bottom:1px solid var(--n4)}
section th[scope=row]{color:var(--n11);font-size:13px}
.value{text-align:right;color:var(--n12);white-space:nowrap;padding-left:8px}
.value small{display:block;color:var(--n9);font-size:12px}
.why{color:var(--n9);font-size:12px}
abbr{text-decoration:none}abbr[title]{cursor:help;border-bottom:1px dotted var(--n6)}
.heat th,.heat td{text-align:right;padding:4px 6px}.heat th[scope=row]{text-align:left}
.heat td.up{background:color-mix(in srgb,var(--up) var(--shade),transparent);color:var(--n12)}
.heat td.down{background:color-mix(in srgb,var(--down) var(--shade),transparent);color:var(--n12)}
.heat .whole{color:var(--n12);border-left:1px solid var(--n6);font-weight:600}
.plain td{text-align:right;white-space:nowrap}.plain th{text-align:right}.plain td:first-child,.plain th:first-child{text-align:left}
footer{margin-top:24px;color:var(--n9);font-size:12px}
@media print{body{background:#fff}.chart,section{break-inside:avoid}}
`;
