export interface LandingFacts {
  demo: boolean;
  phonesUrl?: string;
}

/** The page at the root: what this is and where to go. Everything it needs is in it. */
export function landingPage({ demo, phonesUrl }: LandingFacts): string {
  const doors = [
    door('/docs', 'The API', 'Every route, with its codes; try it from the page.'),
    ...(phonesUrl ? [door(phonesUrl, 'The phones', 'Every SMS of the demo, the moment it arrives.')] : []),
    door('/health/ready', 'Health', 'Is it up? The same answer that a load balancer gets.'),
    door('/status', 'Status', 'Services and queues at a glance.'),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Wattline</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(BOLT)}">
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<span class="mark">${BOLT}</span>
<h1>Wattline</h1>
<p class="lead">Prepaid electricity and bill payments. Find the bill, see the exact price, pay,
and have the receipt by SMS seconds later.</p>
<p class="promise"><b>Nobody is charged twice</b><span>&middot;</span><b>No paid-for token is ever lost</b></p>
</header>
<nav aria-label="Where to go">${doors.join('')}</nav>
${demo ? DEMO : ''}
<footer>One gateway, five services behind it, one event bus between them.</footer>
</main>
</body>
</html>
`;
}

function door(href: string, title: string, text: string): string {
  return `<a class="door" href="${escaped(href)}"><h2>${title}</h2><p>${text}</p></a>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

const BOLT =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="Wattline">' +
  '<rect width="32" height="32" rx="8" fill="#0b5d4b"/><path d="M18 4 8 18h7l-2 10 11-15h-7z" fill="#ffd166"/></svg>';

const DEMO = `<section>
<h2>This is the demo</h2>
<p>Sign in with the password <code>wattline-demo</code> as</p>
<dl>
<div><dt>household</dt><dd><code>+2348010000001</code></dd></div>
<div><dt>institution</dt><dd><code>+2348020000001</code></dd></div>
<div><dt>operator</dt><dd><code>+2348090000001</code></dd></div>
</dl>
</section>`;

const STYLE = `
:root{--ink:#10231f;--soft:#51655f;--paper:#f6f8f5;--card:#fff;--line:#dde5df;--brand:#0b5d4b}
@media(prefers-color-scheme:dark){:root{--ink:#e9f2ee;--soft:#9db3ab;--paper:#0c1614;--card:#13211e;--line:#24362f;--brand:#5fd0b0}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:56rem;margin:0 auto;padding:clamp(2rem,8vw,6rem) 1.25rem 2rem}
.mark svg{width:3.5rem;height:3.5rem;display:block}
h1{font-size:clamp(2.5rem,8vw,4rem);line-height:1.05;letter-spacing:-.03em;margin:1.25rem 0 .75rem}
h2{font-size:1.1rem;margin:0 0 .25rem}
p{margin:0}
.lead{font-size:1.25rem;max-width:38rem;color:var(--soft)}
.promise{margin-top:1.25rem;color:var(--brand);display:flex;flex-wrap:wrap;gap:.25rem .6rem}
nav{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:1rem;margin:2.75rem 0}
.door,section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.15rem 1.25rem}
.door{color:inherit;text-decoration:none;transition:border-color .15s,transform .15s}
.door:hover,.door:focus-visible{border-color:var(--brand);transform:translateY(-2px)}
.door:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
.door p{color:var(--soft);font-size:.95rem}
dl{margin:.75rem 0 0;display:grid;gap:.35rem}
dl div{display:flex;gap:1rem}
dt{width:7rem;color:var(--soft)}
dd{margin:0}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,monospace;color:var(--brand)}
footer{margin-top:3rem;color:var(--soft);font-size:.9rem}
@media(prefers-reduced-motion:reduce){.door{transition:none}}
`;
