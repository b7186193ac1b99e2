-- Reads the pieces of a document (JSON, see content.py) and gives pandoc one document of them.
-- A custom reader: https://pandoc.org/custom-readers.html
-- Nothing that a person typed passes as raw HTML, TeX or Typst: it is printed as the text it is.

local MARKDOWN = "commonmark+pipe_tables+strikeout+footnotes+definition_lists+task_lists"
  .. "+autolink_bare_uris+tex_math_dollars+gfm_auto_identifiers"
local LINE = 112          -- characters of table text across a page
local TURNED = 170        -- and across a page in landscape
local SIDE = 142          -- millimetres for a picture on a page in landscape
local BREAK = "\u{200b}"  -- a place where a long word may break

local typst, sources, broken_pictures
local count = { heading = 0, Figure = 0, Table = 0 }

local function length(text) return utf8.len(text) or #text end
local function warn(text) io.stderr:write("warning\t" .. text:gsub("%s+", " ") .. "\n") end
local function raw(text) return pandoc.RawInline(typst and "typst" or "html", text) end
local function raw_block(text) return pandoc.RawBlock(typst and "typst" or "html", text) end
local function quoted(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("%s+", " ") .. '"' end
local function escaped(text)
  return (text:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"):gsub(">", "&gt;"))
end

-- Words longer than their line get places to break.
local function breakable(text, limit)
  if length(text) <= limit then return text end
  local out, run = {}, 0
  for _, code in utf8.codes(text) do
    local char = utf8.char(code)
    run = char:match("%s") and 0 or run + 1
    out[#out + 1] = char
    if run >= limit or run > 3 and char:match("[_./:,;&=-]") then
      out[#out + 1], run = BREAK, 0
    end
  end
  return table.concat(out)
end

-- Text that a person or a notebook wrote ----------------------------------------------------------------------

local function image(el)
  local file = sources[el.src]
  local alt = pandoc.utils.stringify(el.caption)
  if not file then
    warn('The picture "' .. el.src:sub(1, 80) .. '" is not in the assets folder of the design: its name stands instead.')
    local said = pandoc.Str("[picture missing: " .. breakable(el.src:sub(1, 200), 60) .. "]")
    return { raw(typst and "#text(fill: muted)[" or '<span class="quiet">'), said, raw(typst and "]" or "</span>") }
  end
  alt = alt ~= "" and alt or "Picture"
  if broken_pictures[file] then return { pandoc.Emph({ pandoc.Str("(picture left out: " .. alt .. ")") }) } end
  if typst then return raw("#small-picture(" .. quoted("media/" .. file) .. ", " .. quoted(alt) .. ")") end
  return raw('<img src="media/' .. file .. '" alt="' .. escaped(alt) .. '">')
end

local function link(el)
  local scheme = (el.target:match("^%s*([%w+.-]+):") or ""):lower()
  if scheme == "http" or scheme == "https" or scheme == "mailto" or el.target:sub(1, 1) == "#" then
    return pandoc.Link(el.content, el.target)
  end
  return el.content
end

local function equation(el)
  if not typst then return nil end
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ el }) }), "typst"):gsub("%s+$", "")
  return raw("#[#set math.equation(alt: " .. quoted(el.text) .. ");" .. text .. "]")
end

local function lines_of(text)
  local inlines = pandoc.List()
  for line in (text:gsub("\n$", "") .. "\n"):gmatch("(.-)\n") do
    if #inlines > 0 then inlines:insert(pandoc.LineBreak()) end
    inlines:insert(pandoc.Str(line))
  end
  return inlines
end

-- `/books` stays whole: Typst would break after the slash.
local function word(el)
  local text = breakable(el.text, 60)
  if typst and text:match("^/%w") and length(text) < 24 then return { raw("#box["), pandoc.Str(text), raw("]") } end
  return pandoc.Str(text)
end

-- The room writes short words of a fixed meaning (must, accepted, measured) as chips.
local function chip(el)
  if el.classes[1] ~= "bk-chip" then return el.content end
  local text = pandoc.utils.stringify(el)
  if typst then return { raw("#chip(" .. quoted(text) .. ")[") , pandoc.Str(text), raw("]") } end
  return pandoc.Span(el.content, pandoc.Attr("", { "chip" }, { ["data-is"] = text }))
end

local UNRAW = {
  RawInline = function(el) return pandoc.Str(el.text) end,
  RawBlock = function(el) return pandoc.Para(lines_of(el.text)) end,
}
local TAME = {
  Image = image,
  Link = link,
  Math = equation,
  Span = chip,
  Div = function(el) return el.content end,
  Figure = function(el) return el.content end,
  Str = word,
  Code = function(el) return pandoc.Code(breakable(el.text, 60)) end,
  CodeBlock = function(el) return pandoc.CodeBlock(breakable(el.text, 86)) end,
}

-- Tables ------------------------------------------------------------------------------------------------------

local function map_cells(t, change)
  local function rows(list)
    return list:map(function(row)
      local cells = row.cells
      for i, cell in ipairs(cells) do cells[i] = change(cell, i) or cell end
      row.cells = cells
      return row
    end)
  end
  local head, foot, bodies = t.head, t.foot, t.bodies
  head.rows, foot.rows = rows(head.rows), rows(foot.rows)
  for _, body in ipairs(bodies) do body.head, body.body = rows(body.head), rows(body.body) end
  t.head, t.foot, t.bodies = head, foot, bodies
  return t
end

-- Per column: the length of its longest word, and of its longest cell; nil when cells span others.
local function lengths(t)
  local word, cell_text, spans = {}, {}, false
  for i = 1, #t.colspecs do word[i], cell_text[i] = 2, 2 end
  local heads = #t.head.rows * #word
  map_cells(t, function(cell, i)
    if cell.col_span > 1 or cell.row_span > 1 or not word[i] then spans = true return end
    local blocks, wide = pandoc.Blocks(cell.contents), heads > 0 and 1.15 or 1
    heads = heads - 1
    blocks:walk({ Code = function() wide = 1.25 end })
    local text = pandoc.utils.stringify(blocks)
    cell_text[i] = math.max(cell_text[i], wide * math.min(length(text), 300))
    for part in text:gmatch("%S+") do word[i] = math.max(word[i], wide * math.min(length(part), 24)) end
  end)
  if spans then return nil end
  return word, cell_text
end

-- Each column gets the room of its longest word, then a share of what is left by how much text stands in it.
local function shares(word, cell_text, line)
  local n, needed, weight, out = #word, 0, 0, {}
  for i = 1, n do
    needed = needed + word[i] + 2.5
    weight = weight + (cell_text[i] - word[i]) ^ 0.7 + 1
  end
  for i = 1, n do
    local extra = math.max(line - needed, 0) * ((cell_text[i] - word[i]) ^ 0.7 + 1) / weight
    out[i] = (word[i] + 2.5 + extra) / math.max(needed, line)
  end
  return out, needed
end

local function caption(kind, text)
  if not text or text == "" then return nil end
  count[kind] = count[kind] + 1
  return typst and breakable(text, 60) or kind .. " " .. count[kind] .. ": " .. text
end

-- `#name(…, caption: […])` before what follows; `close` ends the call.
local function call(name, text, close)
  local inlines = { raw(name) }
  if text then table.move({ raw(", caption: ["), pandoc.Str(text), raw("]") }, 1, 3, 2, inlines) end
  table.insert(inlines, raw(close))
  return pandoc.Plain(inlines)
end

local function marked(mark, content) return pandoc.Div(content, pandoc.Attr("", { mark })) end
local function has(el, mark) return el.t == "Div" and el.classes[1] == mark end
local function sideways(piece, content)
  local attr = pandoc.Attr("", { "sideways" }, { ratio = tostring(piece.ratio or 0) })
  return piece.landscape and { pandoc.Div(content, attr) } or content
end

local function table_blocks(t, about)
  local word, cell_text = lengths(t)
  local specs = t.colspecs:map(function(spec)
    return { typst and spec[1] == "AlignDefault" and "AlignLeft" or spec[1], nil }
  end)
  local turned = about.landscape or false
  local text = caption("Table", about.caption or pandoc.utils.stringify(t.caption.long))
  map_cells(t, function(cell, i)
    if cell.attr.classes[1] == "bk-number" and specs[i] then specs[i][1] = "AlignRight" end
  end)
  t.caption, t.attr = { long = {} }, pandoc.Attr()
  if typst and word then
    local share, needed = shares(word, cell_text, LINE)
    turned = turned or needed > LINE * 1.2
    if turned then share = shares(word, cell_text, TURNED) end
    for i, width in ipairs(share) do specs[i][2] = width end
    t = map_cells(t, function(cell, i)
      local room = share[i] * (turned and TURNED or LINE) - 2
      local limit = math.max(4, math.floor(room >= word[i] and math.max(word[i], 0.8 * room) or 0.8 * room))
      cell.contents = pandoc.Blocks(cell.contents):walk({
        Str = function(el) return pandoc.Str(breakable(el.text, limit)) end,
        Code = function(el) return pandoc.Code(breakable(el.text, limit)) end,
      })
      return cell
    end)
  end
  t.colspecs = specs
  if not typst then
    t.caption = { long = text and { pandoc.Plain({ pandoc.Str(text) }) } or {} }
    return { raw_block('<div class="table">'), t, raw_block("</div>") }
  end
  local whole = word ~= nil and math.max(table.unpack(cell_text)) < 300
  local together = whole and #t.bodies == 1 and #t.bodies[1].body <= 8
  local first = t.head.rows[1] and t.head.rows[1].cells[1]
  local ids = first ~= nil and #first.contents == 0
  local how = "whole: " .. tostring(whole) .. ", together: " .. tostring(together) .. ", ids: " .. tostring(ids)
  local opening = call("#tabular(" .. how, text, ")[")
  return sideways({ landscape = turned }, { opening, t, raw_block("]") })
end

-- Pieces ------------------------------------------------------------------------------------------------------

local function picture(piece)
  if broken_pictures[piece.file] then
    return { pandoc.Para({ pandoc.Emph({ pandoc.Str(
      "A picture is missing here: " .. (piece.caption or piece.alt or "it could not be drawn") .. ".") }) }) }
  end
  local alt = piece.alt or piece.caption or ""
  if alt == "" then alt = "Picture" end
  local text = caption("Figure", piece.caption)
  if typst then
    local name = "#picture(" .. quoted("media/" .. piece.file) .. ", alt: " .. quoted(alt)
    local most = piece.landscape and SIDE or 190
    return sideways(piece, { call(name .. ", most: " .. most .. "mm", text, ")") })
  end
  return { raw_block('<figure><img src="media/' .. piece.file .. '" alt="' .. escaped(alt) .. '">'
    .. (text and "<figcaption>" .. escaped(text) .. "</figcaption>" or "") .. "</figure>") }
end

-- Lists and quotations nested deeper than anybody reads become plain text: Typst would stop.
local function shallow(list, depth)
  return list:map(function(el)
    if el.t == "BlockQuote" or el.t == "BulletList" or el.t == "OrderedList" then
      if depth > 8 then return pandoc.Para({ pandoc.Str(pandoc.utils.stringify(el)) }) end
      if el.t == "BlockQuote" then
        el.content = shallow(el.content, depth + 1)
      else
        el.content = el.content:map(function(item) return shallow(item, depth + 1) end)
      end
    end
    return el
  end)
end

-- A picture that stands alone in the notes is a figure; its words are the caption.
local function lone_picture(el)
  local only = #el.content == 1 and el.content[1]
  if not only or only.t ~= "Image" or not sources[only.src] then return nil end
  local text = pandoc.utils.stringify(only.caption)
  return picture({ file = sources[only.src], caption = text, alt = text })
end

local function note(piece)
  local head, rest = piece.text:match("^(.-)\n(.*)$")
  local text = pandoc.Para(lines_of(rest or piece.text))
  if rest then text.content:insert(1, pandoc.LineBreak()) text.content:insert(1, pandoc.Strong({ pandoc.Str(head) })) end
  return { raw_block(typst and "#note[" or '<div class="note">'), text, raw_block(typst and "]" or "</div>") }
end

local place = { level = 0, ids = {}, fresh = false }

local function heading(el, level)
  count.heading = count.heading + 1
  local id = "s" .. count.heading
  if el.identifier ~= "" then place.ids[el.identifier] = place.ids[el.identifier] or id end
  place.level = math.min(level, place.level + 1, 6)
  return pandoc.Header(place.level, el.content, pandoc.Attr(id, place.level > 3 and { "unnumbered" } or {}))
end

-- Headings of a result (the team's notes) stand below the heading that the notebook gave last.
local function text_blocks(piece, format)
  local read = pandoc.read(piece.text .. "\n", format).blocks:walk(UNRAW):walk({ Para = lone_picture }):walk(TAME)
  read = shallow(read, 0)
  local least, under, out = 6, place.level, pandoc.List()
  for _, el in ipairs(read) do
    if el.t == "Header" then least = math.min(least, el.level) end
  end
  for _, el in ipairs(read) do
    if el.t == "Header" then
      local first = place.fresh and piece.top and el.level == 1
      local level = piece.top and (place.chapter and math.max(el.level, 2) or el.level) or under + 1 + el.level - least
      if not first and #el.content > 0 then out:insert(heading(el, level)) end
      place.fresh = false
    elseif el.t == "Table" then
      out:extend(table_blocks(el, piece))
    elseif el.t ~= "Para" or #el.content > 0 then
      el = el:walk({ Header = function(h) return pandoc.Para({ pandoc.Strong(h.content) }) end })
      out:insert(piece.top and marked("prose", { el }) or el)
    end
  end
  place.fresh = false
  if not piece.top then place.level = under end
  return out
end

local KINDS = {
  markdown = function(piece) return text_blocks(piece, MARKDOWN) end,
  html = function(piece) return text_blocks(piece, "html") end,
  text = function(piece) return { TAME.CodeBlock(pandoc.CodeBlock(piece.text)) } end,
  picture = picture,
  note = note,
  empty = function() return { marked("empty", {}) } end,
}

-- A section that introduces results which are all empty is left out with its introduction.
local function spoken(blocks)
  local out, section, empty, result = pandoc.List(), pandoc.List(), false, false
  local function close()
    if result or not empty then out:extend(section) end
    section, empty, result = pandoc.List(), false, false
  end
  for _, el in ipairs(blocks) do
    if el.t == "Header" then close() end
    if has(el, "empty") then
      empty = true
    elseif has(el, "prose") then
      section:extend(el.content)
    else
      section:insert(el)
      result = result or el.t ~= "Header" or el.level == 1
    end
  end
  close()
  return out
end

-- A heading with nothing under it is left out; a chapter with nothing in it says so.
local function pruned(blocks)
  local out, below = pandoc.List(), 0
  for i = #blocks, 1, -1 do
    local el = blocks[i]
    local empty = el.t == "Header" and below > 0 and below <= el.level or el.t == "Header" and #out == 0
    if empty and el.level == 1 then out:insert(1, pandoc.Para({ pandoc.Str("Nothing is written here yet.") })) end
    if not empty or el.level == 1 then
      out:insert(1, el)
      below = el.t == "Header" and el.level or 0
    end
  end
  return out
end

-- About how many millimetres a block takes on a page in landscape; nil for what stays on its own page.
local HEAD = { 26, 14, 11 }
local function height(el)
  if el.t == "Header" then return HEAD[el.level] or 8 end
  if el.t == "Para" then return math.ceil(length(pandoc.utils.stringify(el)) / 150) * 5 + 2 end
  if el.t ~= "BulletList" and el.t ~= "OrderedList" then return nil end
  local sum = 2
  for _, item in ipairs(el.content) do
    sum = sum + math.ceil(length(pandoc.utils.stringify(pandoc.Blocks(item))) / 145) * 5 + 1
  end
  return sum
end

-- Where the headings and the short text begin that go along with a piece on its side, and their height.
local function lead(out)
  local first, sum, from, used = #out, 0, nil, 0
  while first > 0 and height(out[first]) and (not from or out[first].t == "Header") do
    sum = sum + height(out[first])
    if out[first].t == "Header" then from, used = first, sum end
    first = first - 1
  end
  return from, used
end

-- A piece on its side has a page of its own, with what introduces it; if that would make a picture much smaller,
-- it comes after the text of its section, so that no page stays half empty.
local function turned(blocks)
  local out, waiting = pandoc.List(), pandoc.List()
  local function turn(el, from, used)
    local taken = pandoc.List()
    while #out >= from do taken:insert(1, out:remove()) end
    local first = el.content[1].content[1]
    first.text = first.text:gsub("most: %d+mm", "most: " .. SIDE - used .. "mm")
    el.content[1].content[1] = first
    out:insert(raw_block("#sideways["))
    out:extend(taken)
    out:extend(el.content)
    out:insert(raw_block("]"))
  end
  local function flush()
    for _, el in ipairs(waiting) do turn(el, #out + 1, 0) end
    waiting = pandoc.List()
  end
  for i, el in ipairs(blocks) do
    if has(el, "sideways") then
      local alone = not blocks[i + 1] or blocks[i + 1].t == "Header"
      local from, used = lead(out)
      local full = math.min(SIDE, 251 * (tonumber(el.attributes.ratio) or 0))
      if from and #waiting == 0 and SIDE - used >= (alone and 0.7 or 0.85) * full then
        turn(el, from, used)
      else
        waiting:insert(el)
      end
    else
      if el.t == "Header" then flush() end
      out:insert(el)
    end
  end
  flush()
  return out
end

-- A paragraph stays on the page of the table, picture, list or printed text that it introduces.
local function glued(blocks)
  local out = pandoc.List()
  for i, el in ipairs(blocks) do
    local after = blocks[i + 1]
    local call = after and after.t == "Plain" and after.content[1] and after.content[1].t == "RawInline"
    local led = call or after and (after.t == "BulletList" or after.t == "OrderedList" or after.t == "CodeBlock")
    if typst and led and el.t == "Para" then
      out:extend({ raw_block("#block(sticky: true)["), el, raw_block("]") })
    else
      out:insert(el)
    end
  end
  return out
end

-- Links to headings that are not there become text: Typst refuses them.
local function linked(blocks, ids)
  return pandoc.Blocks(blocks):walk({
    Link = function(el)
      if el.target:sub(1, 1) ~= "#" then return nil end
      local id = ids[el.target:sub(2)]
      if not id then return el.content end
      el.target = "#" .. id
      return el
    end,
  })
end

-- Signs that begin a list or a heading of Typst stay signs: pandoc forgets them at the beginning of a cell or item.
local function literal(el)
  local mark, rest = el.text:match("^(=+)(.*)$")
  if not mark then mark, rest = el.text:match("^([-+/])(.*)$") end
  if mark and (rest == "" or rest:match("^%s")) then return { raw("\\" .. mark), pandoc.Str(rest) } end
  mark, rest = el.text:match("^(%d+)%.(.*)$")
  if mark and (rest == "" or rest:match("^%s")) then return { raw(mark .. "\\."), pandoc.Str(rest) } end
  return nil
end

function Reader(input)
  local all = pandoc.json.decode(tostring(input), false)
  typst, sources, broken_pictures = all.target == "typst", all.sources, all.broken
  local out, chapter = pandoc.List(), pandoc.List()
  local function close()
    out:extend(linked(glued(turned(pruned(spoken(chapter)))), place.ids))
    chapter = pandoc.List()
  end
  for _, piece in ipairs(all.pieces) do
    if piece.kind == "chapter" then
      close()
      place = { level = 0, ids = {}, fresh = true, chapter = true }
      chapter:insert(heading({ identifier = "", content = { pandoc.Str(piece.title) } }, 1))
    else
      chapter:extend(KINDS[piece.kind](piece))
    end
  end
  close()
  return pandoc.Pandoc(typst and pandoc.Blocks(out):walk({ Str = literal }) or out, all.meta)
end
