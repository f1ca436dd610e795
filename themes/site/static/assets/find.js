/* The search itself, without a page: a query in, documents in order out. docs/search.md tells the design.
   The index (core.js, s/N.js, t/<id>.js) comes as scripts that call core, shard and text, so it also works from disk. */
var LIBRARY_SEARCH = (function () {
  "use strict";
  var HALF = 46;
  var DIGITS = "";
  for (var code = 0x21; code < 0x7f; code++) if (code !== 0x22 && code !== 0x5c) DIGITS += String.fromCharCode(code);
  var VALUE = {};
  DIGITS.split("").forEach(function (digit, value) { VALUE[digit] = value; });
  var SPREAD = 409;
  var RUN = /[\u3400-\u9fff]+|[a-z0-9]{1,20}/g;
  var LONGEST = 8; // characters of a word in the list of synonyms that are looked for
  // Characters that hold a sentence together and say nothing of its subject.
  var LIGHT = /[的了在被要吗呢我你他她它们是有就都也还很不没着过和跟与对给让把说这那个些么得到会能想人家]/;
  // How much it counts where a word stands, and what else speaks for a document.
  var W = {
    title: 4.2, asked: 2.4, topic: 1.5, summary: 1.2, body: 1, often: 0.3, synonym: 0.9, kind: 2.2, stage: 2.9, law: 4,
    coverage: 0.45, passage: 0.75, whole: 1.5, like: 2.6, order: 0.45, orderPlain: 0.35,
    named: 1.25, family: 1.6, notFamily: 0.7, pupil: 1.7, notPupil: 0.65
  };
  // So much of the weight of a query must stand in the library at all.
  var KNOWN = 0.13;
  var base = (document.currentScript && document.currentScript.getAttribute("data-index")) || "";
  var docs = [];
  var core = null;
  var waiting = {};
  var shards = {};
  var texts = {};
  var articles = {}; // of each instrument: label and plain words by number

  /* ---- loading ---- */

  function load(path, key) {
    if (!waiting[key]) {
      waiting[key] = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.onload = resolve;
        script.onerror = function () { delete waiting[key]; reject(new Error(path)); };
        script.src = base + path;
        document.head.appendChild(script);
      });
    }
    return waiting[key];
  }
  function receiveShard(number, text) { shards[number] = text; }
  function receiveLaws(all) { articles = all; }
  function receiveText(id, passages) { texts[id] = passages; }
  function passagesOf(id) {
    return load("t/" + id + ".js", "t/" + id).then(function () { return texts[id] || []; });
  }

  /* ---- the core ---- */

  var syllable = {}; // of each character, the usual one
  var readings = {}; // of each character, all of them
  var number = {}; // of each syllable
  var stranger = {}; // characters that stand nowhere in the library
  var plain = {}; // simplified form of each traditional character
  var words = {}; // what is known of a word: {asking, group, kind, stage}
  var byGram = {}; // pairs of characters of titles, questions and known words
  var phrases = []; // what pinyin is compared with

  function receiveCore(data) {
    core = data;
    var known = 1;
    (data.pinyin.match(/[a-z]+[^a-z]+/g) || []).forEach(function (entry, order) {
      var said = /[a-z]+/.exec(entry)[0];
      number[said] = order;
      known = 1;
      for (var i = said.length; i < entry.length; i++) {
        if (entry[i] === "'") { known = 0; continue; }
        syllable[entry[i]] = said;
        readings[entry[i]] = [said];
        if (!known) stranger[entry[i]] = 1;
      }
    });
    (data.others.match(/[a-z]+[^a-z]+/g) || []).forEach(function (entry) {
      var said = /[a-z]+/.exec(entry)[0];
      for (var i = said.length; i < entry.length; i++) readings[entry[i]].push(said);
    });
    for (var i = 0; i < data.simplified.length; i += 2) plain[data.simplified[i]] = data.simplified[i + 1];
    var names = data.names.split("\n");
    var column = {};
    ["passages", "kind", "for", "first", "stage"].forEach(function (name) { column[name] = numbers(data[name]); });
    var topics = data.topic.split("\n").map(numbers);
    var titles = data.titles.split("\n");
    var asked = data.asked.split("\n");
    var start = 0;
    var block = 0;
    var inBlock = 0;
    names.forEach(function (name, at) {
      while (inBlock === data.blocks[block]) { block++; inBlock = 0; start = 0; }
      var kind = data.kinds[column.kind[at]];
      docs.push({
        at: at, id: kind[0] + "/" + name, title: titles[at], kind: kind, audiences: named(data.audiences, column["for"][at]),
        first: data.audiences[column.first[at]], stages: named(data.stages, column.stage[at]), block: block, start: start, length: column.passages[at],
        low: fold(titles[at]), asked: asked[at] ? fold(asked[at]).split("|") : [],
        topics: fold(topics[at].map(function (topic) { return data.topics[topic]; }).join("|") + "|" + kind[1])
      });
      start += column.passages[at];
      inBlock++;
    });
    learn(data.wording);
  }
  // Numbers one after the other in digits of base 46, the smallest part first; a low digit ends one.
  function numbers(text) {
    var list = [];
    for (var i = 0, value = 0, scale = 1; i < text.length; i++) {
      var digit = VALUE[text[i]];
      value += digit % HALF * scale;
      scale *= HALF;
      if (digit < HALF) { list.push(value); value = 0; scale = 1; }
    }
    return list;
  }
  function named(names, mask) { return names.filter(function (_, bit) { return mask & (1 << bit); }); }
  function word(text) { return words[text] || (words[text] = {}); }
  function learn(wording) {
    // Of a group's words, those that the texts hold are looked for; the others only lead to them.
    wording.synonyms.concat(wording.people).forEach(function (group, order) {
      var held = group[0].map(fold);
      held.concat(group[1].map(fold)).forEach(function (text) {
        if (order < wording.synonyms.length) word(text).subject = true;
        word(text).group = (word(text).group || []).concat(held.filter(function (other) { return other !== text; }));
      });
    });
    wording.asking.forEach(function (text) { word(fold(text)).asking = true; });
    Object.keys(wording.stages).forEach(function (stage) {
      [stage].concat(wording.stages[stage]).forEach(function (text) { word(fold(text)).stage = stage; });
    });
    Object.keys(wording.kinds).forEach(function (kind) {
      wording.kinds[kind].forEach(function (text) { (word(fold(text)).kinds = word(fold(text)).kinds || []).push(kind); });
    });
    core.kinds.forEach(function (kind) { (word(fold(kind[1])).kinds = word(fold(kind[1])).kinds || []).push(kind[0]); });
    core.topics.forEach(function (topic) { word(fold(topic)).topic = true; });
    Object.keys(words).forEach(function (text) { if (!words[text].asking) remember(text, 2); });
    docs.forEach(function (doc) {
      [doc.low].concat(doc.asked).forEach(function (text) { (text.match(/[\u3400-\u9fff]+/g) || []).forEach(function (run) { remember(run, 1); }); });
    });
  }
  function remember(text, weight) {
    for (var i = 0; i < text.length - 1; i++) {
      var gram = text.substr(i, 2);
      byGram[gram] = (byGram[gram] || 0) + weight;
    }
    if (text.length > 1) phrases.push({ text: text, weight: weight });
  }

  /* ---- a query to what is wanted ---- */

  // Full width to plain, capitals to small, traditional to simplified; the length stays, so places in a text stay true.
  function fold(text) {
    return text.replace(/[\uff01-\uff5e]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); }).toLowerCase()
      .replace(/[\u4e00-\u9fff]/g, function (c) { return plain[c] || c; });
  }
  function grams(text) {
    var found = [];
    (text.match(RUN) || []).forEach(function (run) {
      if (run < "\u3400") { found.push(run.replace(/[a-z0-9]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) + 0xfee0); })); return; }
      for (var i = 0; i < run.length - 1; i++) found.push(run.substr(i, 2));
    });
    return found;
  }
  function unit(text, weight, others) {
    var alts = [text].concat(others || []).slice(0, 9).map(function (alt, index) {
      return { text: alt, factor: index ? W.synonym : 1, grams: grams(alt) };
    });
    return { text: text, weight: weight, alts: alts };
  }
  // The words of the query that are known, and pairs of characters of all else.
  function analyse(query) {
    var wanted = { units: [], kinds: [], stages: [], content: "", asks: false, named: false };
    (query.match(/[\u3400-\u9fffa-z0-9]+/g) || []).forEach(function (run) {
      var rest = "";
      for (var at = 0; at < run.length;) {
        var latin = /^[a-z0-9]+/.exec(run.slice(at));
        var length = known(run, at) || (latin ? latin[0].length : 0);
        if (!length) { rest += run[at++]; continue; }
        var text = run.substr(at, length);
        at += length;
        spread(rest, wanted);
        rest = "";
        take(text, words[text] || {}, wanted);
      }
      spread(rest, wanted);
    });
    return wanted;
  }
  // The length of the longest known word that begins here and cuts no word of letters or digits.
  function known(run, at) {
    for (var length = Math.min(LONGEST, run.length - at); length; length--) {
      if (words[run.substr(at, length)] && !/[a-z0-9]{2}/.test(run.slice(at + length - 1, at + length + 1))) return length;
    }
    return 0;
  }
  function take(text, entry, wanted) {
    if (entry.asking && !entry.group) { wanted.asks = true; return; }
    var one = unit(text, 1.3, entry.group);
    if (entry.kinds) { one.kinds = entry.kinds; wanted.kinds = wanted.kinds.concat(entry.kinds); }
    if (entry.stage) { one.stage = entry.stage; wanted.stages.push(entry.stage); }
    if (entry.subject || entry.topic || entry.kinds && text.length > 1) wanted.named = true;
    else one.people = !!entry.group;
    wanted.units.push(one);
    wanted.content += text;
  }
  function spread(rest, wanted) {
    wanted.content += rest;
    for (var i = 0; i < rest.length - 1; i++) {
      var gram = rest.substr(i, 2);
      var light = (LIGHT.test(gram[0]) ? 1 : 0) + (LIGHT.test(gram[1]) ? 1 : 0);
      wanted.units.push(unit(gram, [1, 0.35, 0.08][light]));
    }
    if (rest.length === 1 && !LIGHT.test(rest)) wanted.units.push(unit(rest, 0.5));
  }

  /* ---- postings ---- */

  function shardOf(gram) {
    var one = syllable[gram[0]];
    var two = syllable[gram[gram.length - 1]];
    one = one === undefined ? gram.charCodeAt(0) : number[one];
    two = two === undefined ? gram.charCodeAt(gram.length - 1) : number[two];
    return (one * SPREAD + two) % core.shards;
  }
  function fetchShards(list) {
    var wanted = {};
    list.forEach(function (gram) { wanted[shardOf(gram)] = 1; });
    return Promise.all(Object.keys(wanted).map(function (shard) { return load("s/" + shard + ".js", "s/" + shard); }));
  }
  // {block: [passages]} of a pair or word; a key in a shard stands between postings, which are ASCII.
  function postings(gram) {
    var text = shards[shardOf(gram)] || "";
    var at = text.indexOf(gram);
    while (at > 0 && text.charCodeAt(at - 1) > 0x7e || at >= 0 && text.charCodeAt(at + gram.length) > 0x7e) at = text.indexOf(gram, at + 1);
    if (at < 0) return null;
    var end = at + gram.length;
    while (end < text.length && text.charCodeAt(end) < 0x7f) end++;
    var found = {};
    text.slice(at + gram.length + 1, end).split(" ").forEach(function (part) {
      var list = numbers(part);
      var block = list.shift();
      for (var i = 1; i < list.length; i++) list[i] += list[i - 1];
      found[block] = list;
    });
    return found;
  }
  function both(one, two) {
    var found = {};
    Object.keys(one).forEach(function (block) {
      if (!two[block]) return;
      var other = new Set(two[block]);
      var list = one[block].filter(function (passage) { return other.has(passage); });
      if (list.length) found[block] = list;
    });
    return found;
  }
  function passagesWith(list) {
    var found = null;
    for (var i = 0; i < list.length; i++) {
      var next = postings(list[i]);
      if (!next) return {};
      found = found ? both(found, next) : next;
    }
    return found || {};
  }

  /* ---- documents in order ---- */

  function holds(doc, text) {
    var value = 0;
    if (doc.low.indexOf(text) >= 0) value = W.title;
    if (doc.asked.some(function (phrase) { return phrase.indexOf(text) >= 0; })) value = Math.max(value, W.asked) + (value ? 0.6 : 0);
    if (doc.topics.indexOf(text) >= 0) value = Math.max(value, W.topic) + (value ? 0.3 : 0);
    return value;
  }
  // Fills unit.values (by document), unit.passages ({document: {passage: 1}}) and unit.rare.
  function weigh(one, byBlock) {
    one.values = {};
    one.inside = {};
    one.alts.forEach(function (alt) {
      docs.forEach(function (doc) {
        var value = holds(doc, alt.text);
        if (value) one.values[doc.at] = Math.max(one.values[doc.at] || 0, value * alt.factor);
      });
      var found = alt.grams.length && alt.text.length > 1 ? passagesWith(alt.grams) : {};
      Object.keys(found).forEach(function (block) {
        var list = byBlock[block];
        var d = 0;
        var counts = {};
        found[block].forEach(function (passage) {
          while (passage >= list[d].start + list[d].length) d++;
          var at = list[d].at;
          counts[at] = counts[at] || [0, 0];
          if (passage === list[d].start) counts[at][1] = 1; else counts[at][0]++;
          (one.inside[at] = one.inside[at] || {})[passage - list[d].start] = 1;
        });
        Object.keys(counts).forEach(function (at) {
          var value = Math.max(counts[at][1] ? W.summary : 0, counts[at][0] ? W.body + W.often * Math.min(4, Math.log(counts[at][0]) / Math.LN2) : 0);
          one.values[at] = Math.max(one.values[at] || 0, value * alt.factor) + (one.values[at] ? 0.25 * W.body * alt.factor : 0);
        });
      });
    });
    if (one.kinds || one.stage) docs.forEach(function (doc) {
      var value = 0;
      if (one.kinds && one.kinds.indexOf(doc.kind[0]) >= 0) value = W.kind;
      if (one.stage && doc.stages.indexOf(one.stage) >= 0) value = Math.max(value, W.stage / Math.sqrt(doc.stages.length));
      if (value) one.values[doc.at] = Math.max(one.values[doc.at] || 0, value);
    });
    var count = Object.keys(one.values).length;
    one.count = count;
    one.rare = one.weight * Math.log(1 + (docs.length - count + 0.5) / (count + 0.5));
    // An article is what was asked for, however many cite it.
    if (count) one.rare = Math.max(one.rare, one.weight === W.law ? W.law : 0.12 * one.weight);
  }
  function rank(wanted, query) {
    var byBlock = [];
    docs.forEach(function (doc) { (byBlock[doc.block] = byBlock[doc.block] || []).push(doc); });
    var total = 0;
    wanted.units.forEach(function (one) { weigh(one, byBlock); total += one.rare; });
    // Where hardly anything of what was asked stands in any document, none is about it.
    var held = wanted.units.reduce(function (sum, one) { return sum + (one.count ? one.rare : 0); }, 0);
    if (!held || !wanted.named && held < KNOWN * total) return [];
    var family = FAMILY.test(query);
    var pupil = !family && PUPIL.test(query);
    var asks = wanted.asks || family || pupil;
    var preferred = Object.keys(core.wording.kinds);
    var core_ = wanted.content;
    var least = leastCoverage(wanted);
    return docs.map(function (doc) {
      var score = 0;
      var covered = 0;
      var characters = "";
      wanted.units.forEach(function (one) {
        var value = one.values[doc.at];
        if (!value) return;
        score += one.rare * value;
        covered += one.rare;
        characters += one.text;
      });
      if (!score) return null;
      var coverage = covered / total;
      score *= 1 - W.coverage + W.coverage * coverage;
      var best = bestPassage(doc, wanted);
      score += W.passage * best.weight;
      if (core_.length > 1 && doc.low.indexOf(core_) >= 0) score += W.whole * total;
      score += W.like * total * likeness(doc, wanted, total);
      var order = preferred.indexOf(doc.kind[0]);
      var place = order < 0 ? 0.5 : order / Math.max(1, preferred.length - 1);
      score *= asks && !wanted.kinds.length ? 1 - W.order * place : 1 - W.orderPlain * place;
      if (wanted.kinds.length && wanted.kinds.indexOf(doc.kind[0]) >= 0) score *= W.named;
      if (family && doc.first === "家长") score *= W.family;
      if (pupil && doc.first === "学生") score *= W.pupil;
      if (pupil && doc.audiences.indexOf("学生") < 0) score *= W.notPupil;
      if (family && (doc.first === "学生" || doc.audiences.indexOf("家长") < 0)) score *= W.notFamily;
      return { doc: doc, score: score, coverage: coverage, part: part(characters, core_), best: best.at };
    }).filter(function (hit) { return hit && hit.part >= least; })
      .sort(function (a, b) { return b.score - a.score || (a.doc.id < b.doc.id ? -1 : 1); });
  }
  // Families and pupils speak of themselves and of theirs; teachers and clerks name things.
  var FAMILY = /孩子|我家|家里|娃|女儿|儿子|闺女|孙子|孙女|妈妈|爸爸/;
  var PUPIL = /我(?!家|校|班|区|娃|们班|们校|们学校|是老师|是班主任)|同桌|室友|舍友|闺蜜|老师不/;
  // How many of the query's characters the matched units hold.
  function part(characters, content) {
    var held = {};
    for (var i = 0; i < characters.length; i++) held[characters[i]] = 1;
    var all = 0, in_ = 0;
    for (var j = 0; j < content.length; j++) {
      var weight = LIGHT.test(content[j]) ? 0.3 : 1;
      all += weight;
      if (held[content[j]]) in_ += weight;
    }
    return all ? in_ / all : 0;
  }
  function leastCoverage(wanted) {
    var length = wanted.content.length;
    if (wanted.named) return 0.2;
    return length <= 2 ? 0.95 : length === 3 ? 0.62 : length === 4 ? 0.6 : length < 8 ? 0.5 : 0.35;
  }
  // The passage that holds most of what is wanted.
  function bestPassage(doc, wanted) {
    var weights = {};
    wanted.units.forEach(function (one) {
      Object.keys(one.inside[doc.at] || {}).forEach(function (passage) { weights[passage] = (weights[passage] || 0) + one.rare; });
    });
    var best = { at: 0, weight: 0 };
    Object.keys(weights).forEach(function (passage) {
      if (weights[passage] > best.weight) best = { at: +passage, weight: weights[passage] };
    });
    return best;
  }
  // How near one of the document's questions, or its title, comes to the query, from 0 to 1.
  function likeness(doc, wanted, total) {
    var best = 0;
    doc.asked.concat(doc.low).forEach(function (phrase) {
      var held = 0;
      var characters = {};
      wanted.units.forEach(function (one) {
        var alt = one.alts.find(function (alt) { return phrase.indexOf(alt.text) >= 0; });
        if (!alt) return;
        held += one.rare;
        for (var i = 0; i < alt.text.length; i++) characters[alt.text[i]] = 1;
      });
      if (!held) return;
      var bare = phrase.replace(/[^\u3400-\u9fffa-z0-9]/g, "");
      var in_ = 0;
      for (var i = 0; i < bare.length; i++) if (characters[bare[i]]) in_++;
      best = Math.max(best, held / total * Math.sqrt(in_ / bare.length));
    });
    return best;
  }

  /* ---- pinyin ---- */

  // Whether letters from `at` spell the characters of `text` from `from`: 2 in full, 1 with first letters, 0 not at all.
  function spells(letters, at, text, from) {
    if (at === letters.length) return { end: from, full: 0, short: 0 };
    var said = readings[text[from]];
    if (!said) return null;
    var best = null;
    function better(next, full) {
      if (!next) return;
      var found = { end: next.end, full: next.full + full, short: next.short + 1 - full };
      if (!best || found.full > best.full) best = found;
    }
    said.forEach(function (one) {
      var left = letters.length - at;
      if (letters.substr(at, one.length) === one) better(spells(letters, at + one.length, text, from + 1), 1);
      else if (left < one.length && one.indexOf(letters.slice(at)) === 0) better({ end: from + 1, full: 0, short: 0 }, left > 1 ? 1 : 0);
      if (letters[at] === one[0]) better(spells(letters, at + 1, text, from + 1), 0);
      if (/^[zcs]h/.test(one) && letters.substr(at, 2) === one.substr(0, 2)) better(spells(letters, at + 2, text, from + 1), 0);
    });
    return best;
  }
  // What letters may stand for, best first.
  function spelt(letters) {
    var found = {};
    phrases.forEach(function (phrase) {
      // A few letters stand for a word, not for any two characters of a sentence.
      if (letters.length < 4 && phrase.weight < 2) return;
      for (var from = 0; from < phrase.text.length - 1; from++) {
        var hit = spells(letters, 0, phrase.text, from);
        if (!hit || hit.end - from < 2 && letters.length < 6) continue;
        var text = phrase.text.slice(from, hit.end);
        if (text.length < 2) continue;
        var whole = from === 0 && hit.end === phrase.text.length ? 3 : from === 0 ? 1 : 0;
        var entry = found[text] = found[text] || { text: text, full: 0, weight: 0 };
        entry.full = Math.max(entry.full, hit.full / (hit.full + hit.short));
        entry.weight += phrase.weight + whole;
      }
    });
    return Object.keys(found).map(function (text) { return found[text]; })
      .sort(function (a, b) { return b.full - a.full || b.weight - a.weight || a.text.length - b.text.length; })
      .filter(function (entry, _, all) { return entry.full === all[0].full && entry.weight * 2 >= all[0].weight; }).slice(0, 3)
      .map(function (entry) { return entry.text; });
  }
  // Letters cut into whole syllables, the fewest; null if they cannot be.
  function syllables(letters) {
    var ways = [[]];
    for (var end = 1; end <= letters.length; end++) {
      for (var length = 1; length <= 6 && length <= end; length++) {
        var before = ways[end - length];
        var one = letters.substr(end - length, length);
        if (before && number[one] !== undefined && (!ways[end] || before.length + 1 < ways[end].length)) ways[end] = before.concat(one);
      }
    }
    return ways[letters.length] || null;
  }
  // Words of the texts that sound like these syllables: pairs that sound alike stand in one shard.
  function sounding(said) {
    var needed = said.slice(1).map(function (two, i) { return (number[said[i]] * SPREAD + number[two]) % core.shards; });
    return Promise.all(needed.map(function (shard) { return load("s/" + shard + ".js", "s/" + shard); })).then(function () {
      var chains = null;
      needed.forEach(function (shard, i) {
        var fit = pairs(shard).filter(function (pair) { return syllable[pair.text[0]] === said[i] && syllable[pair.text[1]] === said[i + 1]; });
        if (!chains) { chains = fit; return; }
        var next = [];
        chains.forEach(function (chain) {
          fit.forEach(function (pair) {
            if (chain.text[chain.text.length - 1] === pair.text[0]) next.push({ text: chain.text + pair.text[1], size: Math.min(chain.size, pair.size) });
          });
        });
        chains = next;
      });
      return (chains || []).sort(function (a, b) { return b.size - a.size; }).slice(0, 3).map(function (chain) { return chain.text; });
    });
  }
  function pairs(shard) {
    var found = [];
    var entry = /([\u3400-\u9fff]{2})([\x20-\x7e]+)/g;
    for (var match; (match = entry.exec(shards[shard] || ""));) found.push({ text: match[1], size: match[2].length });
    return found;
  }

  /* ---- one wrong character ---- */

  function near(one, two) {
    var a = syllable[one], b = syllable[two];
    if (!a || !b) return 0;
    if (a === b || (readings[two] || []).indexOf(a) >= 0) return 3;
    return loose(a) === loose(b) ? 2 : 0;
  }
  function loose(said) { return said.replace(/^([zcs])h/, "$1").replace(/ng$/, "n").replace(/^l/, "n"); }
  // Pairs of characters nobody knows, mended by one character: [the whole query mended, from, to], or null.
  function mend(text) {
    var best = null;
    for (var at = 0; at < text.length; at++) {
      var left = at ? text[at - 1] : "";
      var right = at + 1 < text.length ? text[at + 1] : "";
      if (!/[\u3400-\u9fff]/.test(text[at])) continue;
      if (LIGHT.test(text[at]) || (left && exists(left + text[at])) || (right && exists(text[at] + right))) continue;
      var unheard = stranger[text[at]] || !syllable[text[at]];
      var rare = !syllable[text[at]];
      Object.keys(candidates(left, right)).forEach(function (other) {
        if (other === text[at]) return;
        var sound = near(text[at], other);
        var sides = (left && byGram[left + other] ? 1 : 0) + (right && byGram[other + right] ? 1 : 0);
        var spelled = text.slice(0, at) + other + text.slice(at + 1);
        var formed = 0;
        for (var from = Math.max(0, at - 5); from <= at; from++) {
          for (var length = Math.max(2, at - from + 1); from + length <= text.length && length <= 6; length++) {
            if (words[spelled.substr(from, length)] && !words[spelled.substr(from, length)].asking) formed = Math.max(formed, length);
          }
        }
        if (!sound && !(rare && formed) && !(unheard && formed > 2) && !(sides === 2 && formed > 2)) return;
        var usage = (byGram[left + other] || 0) + (byGram[other + right] || 0);
        var score = sound * 2 + sides * 2 + formed * 1.5 + Math.min(2, usage / 10);
        if (!best || score > best.score) best = { score: score, text: spelled, sound: sound, formed: formed, from: around(text, at), to: around(spelled, at) };
      });
    }
    return best;
  }
  function exists(gram) { return byGram[gram] || postings(gram); }
  function candidates(left, right) {
    var found = {};
    Object.keys(byGram).forEach(function (gram) {
      if (left && gram[0] === left) found[gram[1]] = 1;
      if (right && gram[1] === right) found[gram[0]] = 1;
    });
    return found;
  }
  function around(text, at) { return text.slice(Math.max(0, at - 1), at + 2); }

  /* ---- articles of law ---- */

  var CHINESE = { 零: 0, 〇: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
  function chineseNumber(text) {
    if (/^\d+$/.test(text)) return +text;
    var total = 0, digit = 0;
    for (var i = 0; i < text.length; i++) {
      var c = text[i];
      if (c === "千" || c === "百" || c === "十") { total += (digit || 1) * { 千: 1000, 百: 100, 十: 10 }[c]; digit = 0; } else digit = CHINESE[c];
    }
    return total + digit;
  }
  // The instrument and the article that a query names: {id, name, number}; null if it names none.
  function article(query) {
    var match = /^(.*?)第?\s*([0-9零〇一二两三四五六七八九十百千]+)\s*(条|$)/.exec(query);
    if (!match) return null;
    var said = match[1].replace(/[《》\s的]/g, "");
    if (!said) return null;
    // A name that is said, the longest, before one of which a part is said, the shortest.
    var best = null;
    core.laws.forEach(function (law) {
      [law[1]].concat(law[2]).map(fold).forEach(function (name) {
        var fit = said.indexOf(name) >= 0 ? 1000 + name.length : match[3] && said.length > 2 && name.indexOf(said) >= 0 ? 1000 - name.length : 0;
        if (fit && (!best || fit > best.fit)) best = { law: law, fit: fit };
      });
    });
    if (!best) return null;
    return { id: best.law[0], name: best.law[1], number: String(chineseNumber(match[2])) };
  }

  /* ---- finding ---- */

  function unitsGrams(wanted) {
    return wanted.units.reduce(function (list, one) {
      return one.alts.reduce(function (all, alt) { return all.concat(alt.grams); }, list);
    }, []);
  }
  function ranked(query, law) {
    var wanted = analyse(query);
    // What documents cite stands in the index as wbf39.
    if (law) wanted.units.push(unit(law.id + law.number, W.law));
    return fetchShards(unitsGrams(wanted)).then(function () { return { wanted: wanted, hits: rank(wanted, query) }; });
  }
  // Letters that stand for Chinese words become these; words of letters that the texts hold stay.
  function withoutPinyin(query) {
    var runs = query.match(/[a-z']{2,}/g) || [];
    if (!runs.length) return Promise.resolve([query]);
    return fetchShards(runs.reduce(function (all, run) { return all.concat(grams(run)); }, [])).then(function () {
      return Promise.all(runs.map(function (run) {
        if (grams(run).some(postings)) return [run];
        var letters = run.replace(/'/g, "");
        var known = spelt(letters);
        if (known.length) return known;
        var said = syllables(letters);
        return said && said.length > 1 ? sounding(said) : [];
      }));
    }).then(function (choices) {
      var queries = [query];
      runs.forEach(function (run, i) {
        if (!choices[i].length) return;
        queries = choices[i].slice(0, 3).map(function (choice) { return queries[0].replace(run, choice); });
      });
      return queries;
    });
  }
  /* Returns a promise of {hits, repaired, article, marks}: hits in order ({doc, best: number of the best passage}),
     repaired [from, to] where the query was read otherwise than typed (never if asTyped), article of a law if one is
     named, marks: the texts to mark. */
  function find(typed, asTyped) {
    var query = fold(typed.normalize("NFKC")).trim();
    if (!query) return Promise.resolve({ hits: [], repaired: null, article: null, marks: [] });
    var law = article(query);
    if (law) {
      return load("laws.js", "laws").then(function () {
        var known = (articles[law.id] || {})[law.number];
        law.label = known ? known[0] : "第" + law.number + "条";
        law.says = known ? known[1] : "";
        return sought(typed, law.name + law.label, law, true);
      });
    }
    return sought(typed, query, null, asTyped);
  }
  function sought(typed, query, law, asTyped) {
    return (asTyped ? Promise.resolve([query]) : withoutPinyin(query)).then(function (queries) {
      return Promise.all(queries.map(function (each) { return ranked(each, law); })).then(function (all) {
        var result = merged(all);
        if (queries[0] !== query) result.repaired = [typed, queries[0]];
        if (law) result.article = law;
        return !asTyped && weak(result) ? repaired(result) : result;
      });
    });
  }
  function merged(all) {
    var result = all[0];
    var seen = {};
    var hits = [];
    all.forEach(function (one, order) {
      one.hits.forEach(function (hit) {
        if (seen[hit.doc.id]) return;
        seen[hit.doc.id] = 1;
        hits.push(hit);
        hit.score *= 1 - 0.2 * order;
      });
    });
    hits.sort(function (a, b) { return b.score - a.score; });
    return { wanted: result.wanted, hits: hits, repaired: null, article: null, marks: marks(all) };
  }
  // Whether a wrong character may be to blame: little was found, or a pair of characters stands nowhere at all.
  function weak(result) {
    var wanted = result.wanted;
    if (wanted.content.length < 2 || wanted.content.length > 14) return false;
    return !result.hits.length || result.hits[0].coverage < 0.55 && wanted.content.length <= 10 ||
      wanted.units.some(function (one) { return !one.count && one.weight >= 1; });
  }
  function repaired(before) {
    var wanted = before.wanted;
    var changed = mend(wanted.content);
    if (!changed) return before;
    return ranked(changed.text).then(function (again) {
      // A guess must hold for almost all of what was typed, unless it makes a known word of what sounds like it.
      var known = changed.sound === 3 && changed.formed > 1;
      var sure = known || !before.hits.length || before.hits[0].coverage < 0.55 && wanted.content.length <= 10;
      again.hits = again.hits.filter(function (hit) { return hit.part >= (known && wanted.content.length > 4 ? 0.5 : 0.75); });
      if (!sure || !again.hits.length || (before.hits.length && again.hits[0].coverage <= before.hits[0].coverage)) return before;
      var result = merged([again]);
      result.repaired = [changed.from, changed.to];
      result.article = before.article;
      return result;
    });
  }
  function marks(all) {
    var found = {};
    all.forEach(function (one) {
      one.wanted.units.forEach(function (each) {
        if (each.weight < 0.5 || each.people && one.wanted.named) return;
        each.alts.forEach(function (alt) { if (alt.text.length > 1) found[alt.text] = 1; });
      });
    });
    return Object.keys(found).sort(function (a, b) { return b.length - a.length; });
  }

  return { weights: W, core: receiveCore, shard: receiveShard, laws: receiveLaws, text: receiveText, find: find, passages: passagesOf, fold: fold, ready: function () { return !!core; } };
})();
