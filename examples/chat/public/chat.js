const MAX_ENTRIES = 500
const GROUPED_WITHIN = 3 * 60_000
const OPENS_WITHIN = 10_000
const MAX_DELAY = 30_000

const $ = (id) => document.getElementById(id)
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

// The connection

/**
 * A place in a room: joins, and joins again when the connection is lost, after 0.5 to 1 s at first, twice as long each
 * time, up to 30 s. The chance in it keeps all pages from coming back to a restarted server at the same moment.
 */
function visit(room, name, { onState, onEvent }) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const url = `${scheme}//${location.host}/rooms/${encodeURIComponent(room)}`
  const gone = new AbortController()
  let socket
  let timer
  let tries = 0
  let due
  /** The id of the last message that came: after a loss, the room goes on behind it. */
  let last

  function open() {
    clearTimeout(timer)
    due = undefined
    onState({ kind: 'connecting', again: tries > 0 })
    socket = new WebSocket(url)
    timer = setTimeout(() => socket.close(), OPENS_WITHIN)
    socket.onopen = () => send({ type: 'join', name, after: last })
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data)
      if (event.type === 'welcome') {
        clearTimeout(timer)
        onState({ kind: 'connected' })
        tries = 0
      }
      if (event.type === 'said') last = event.id
      onEvent(event)
    }
    socket.onclose = ({ code, reason }) => {
      clearTimeout(timer)
      if (gone.signal.aborted) return
      // Policy violated: coming back would not help.
      if (code === 1008) onState({ kind: 'refused', reason })
      else wait()
    }
  }

  function wait() {
    const delay = Math.min(MAX_DELAY, 1_000 * 2 ** tries) * (0.5 + Math.random() / 2)
    tries += 1
    due = Date.now() + delay
    tick()
  }

  function tick() {
    const left = due - Date.now()
    if (left <= 0) return open()
    onState({ kind: 'waiting', seconds: Math.ceil(left / 1_000), offline: !navigator.onLine })
    timer = setTimeout(tick, left % 1_000 || 1_000)
  }

  function hurry() {
    if (due !== undefined && !document.hidden) open()
  }

  function send(message) {
    socket.send(JSON.stringify(message))
  }

  addEventListener('online', hurry, gone)
  document.addEventListener('visibilitychange', hurry, gone)
  open()

  return {
    retry: open,
    say: (text) => send({ type: 'say', text }),
    leave() {
      gone.abort()
      clearTimeout(timer)
      socket.close()
    },
  }
}

// The messages

const log = $('log')
const messages = $('messages')
/** The message before, to group what one person says in a row. */
let newest = {}
/** Whether the reader is at the end of the log, and wants to stay there. */
let following = true
let unseen = 0

/** All that anybody wrote becomes text, never markup. */
function element(tag, className, ...children) {
  const made = document.createElement(tag)
  made.className = className
  made.append(...children)
  return made
}

/** A name, whose direction of writing is its own. */
function isolated(name) {
  return element('bdi', '', name)
}

function clock(at) {
  const made = element('time', '', time.format(at))
  made.dateTime = new Date(at).toISOString()
  return made
}

function avatar(name) {
  const made = element('span', 'avatar', /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '')
  made.ariaHidden = 'true'
  return made
}

/** One hue for each name, in degrees. */
function hueOf(name) {
  let hash = 0
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) % 3_600
  return (hash * 137) % 360
}

function showMessage({ name, text, at }) {
  const mine = name === place.name
  const grouped = newest.name === name && at - newest.at < GROUPED_WITHIN
  const item = element(
    'li',
    `message${mine ? ' mine' : ''}${grouped ? ' grouped' : ''}`,
    avatar(name),
    element('p', 'author', isolated(name), ' ', clock(at)),
    element('p', 'text', text),
  )
  item.style.setProperty('--hue', hueOf(name))
  item.lastChild.dir = 'auto'
  newest = { name, at }
  show(item, mine)
  if (!mine) countUnseen()
}

function showNotice(...parts) {
  newest = {}
  show(element('li', 'notice', ...parts))
}

function show(item, mine = false) {
  messages.append(item)
  if (messages.children.length > MAX_ENTRIES) messages.firstChild.remove()
  if (following || mine) showNewest()
  else $('newer').hidden = false
}

function showNewest() {
  log.scrollTop = log.scrollHeight
}

log.onscroll = () => {
  following = log.scrollHeight - log.scrollTop - log.clientHeight < 80
  if (following) $('newer').hidden = true
}
new ResizeObserver(() => following && showNewest()).observe(log)
$('newer').onclick = () => {
  showNewest()
  draft.focus()
}

function countUnseen() {
  if (document.hidden) unseen += 1
  showTitle()
}

function showTitle() {
  const count = unseen > 0 ? `(${unseen}) ` : ''
  document.title = place === undefined ? 'antiphon chat' : `${count}#${place.room}`
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return
  unseen = 0
  showTitle()
})

// The people

function showPeople() {
  const you = (name) => name === place.name
  const names = [...place.people].sort((a, b) => you(b) - you(a) || a.localeCompare(b))
  $('people-count').textContent = String(names.length)
  $('people').replaceChildren(
    ...names.map((name) => {
      const mark = you(name) ? [element('span', 'you', 'you')] : []
      const item = element('li', 'person', avatar(name), isolated(name), ...mark)
      item.style.setProperty('--hue', hueOf(name))
      return item
    }),
  )
}

// The room

/** Where this page is: the room, the name it has there, who is there, and what it sent that has not come back yet. */
let place

function enter(room, name) {
  place = { room, name, people: new Set(), connected: false, unconfirmed: [] }
  $('door').hidden = true
  $('room').hidden = false
  $('room-name').textContent = room
  messages.replaceChildren()
  $('newer').hidden = true
  newest = {}
  following = true
  unseen = 0
  showTitle()
  showPeople()
  place.visit = visit(room, name, { onState: showState, onEvent: hear })
  $('draft').focus()
}

function leave() {
  place?.visit.leave()
  place = undefined
  showTitle()
}

function hear(event) {
  switch (event.type) {
    case 'welcome':
      place.name = event.name
      place.people = new Set(event.people)
      break
    case 'joined':
      place.people.add(event.name)
      if (event.name === place.name) showNotice('You are here as ', isolated(event.name))
      else showNotice(isolated(event.name), ' joined ', clock(event.at))
      if (place.people.size === 1) showNotice('Nobody else is here yet. Share the link.')
      break
    case 'left':
      place.people.delete(event.name)
      showNotice(isolated(event.name), ' left ', clock(event.at))
      break
    case 'said':
      if (event.name === place.name) place.unconfirmed.shift()
      showMessage(event)
      return
    case 'mistake':
      correct(event.message)
      return
  }
  showPeople()
}

/** The server did not take the last thing this page sent: a text, or the name. */
function correct(problem) {
  if (place.connected) {
    $('draft-problem').textContent = problem
    takeBack(place.unconfirmed.splice(0, 1))
  } else {
    const { room } = place
    leave()
    showDoor(room, problem)
  }
}

/** Back into the draft with what may never have arrived. */
function takeBack(texts) {
  if (texts.length > 0) setDraft([...texts, $('draft').value].filter(Boolean).join('\n'))
}

function showState(state) {
  place.connected = state.kind === 'connected'
  const [short, long] = describe(state)
  $('room').dataset.state = state.kind
  // Announced when it changes; the seconds are not.
  if ($('state').textContent !== short) $('state').textContent = short
  $('trouble-text').textContent = long
  $('trouble').hidden = long === ''
  $('retry').disabled = state.kind === 'connecting'
  $('send').disabled = !place.connected
  if (!place.connected) takeBack(place.unconfirmed.splice(0))
}

/** What the line below the room's name says, and, where there is trouble, what stands above the draft. */
function describe({ kind, again, seconds, offline, reason }) {
  switch (kind) {
    case 'connecting':
      return again ? ['Reconnecting', 'Reconnecting…'] : ['Connecting', '']
    case 'connected':
      return ['Connected', '']
    case 'waiting':
      return offline
        ? ['Offline', `You are offline. Trying again in ${seconds} s`]
        : ['Connection lost', `Reconnecting in ${seconds} s`]
    case 'refused':
      return ['Closed', `The server closed the connection: ${reason}`]
  }
}

// The draft, which outlives the connection and the page

const draft = $('draft')

function setDraft(text) {
  draft.value = text
  sessionStorage.setItem('draft', text)
}

draft.value = sessionStorage.getItem('draft') ?? ''
draft.oninput = () => sessionStorage.setItem('draft', draft.value)
draft.onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  $('composer').requestSubmit()
}

$('composer').onsubmit = (event) => {
  event.preventDefault()
  const text = draft.value.trim()
  if (text === '' || !place.connected) return
  place.visit.say(text)
  place.unconfirmed.push(text)
  $('draft-problem').textContent = ''
  setDraft('')
}

// The door; the room is in the address, so that a link leads to it

function roomInAddress() {
  try {
    return roomNamed(decodeURIComponent(location.hash.slice(1)))
  } catch {
    return ''
  }
}

/** As the server takes it: up to 32 letters, digits, `-` and `_`. */
function roomNamed(wanted) {
  const name = wanted.normalize('NFC').trim().toLowerCase().replace(/\s+/g, '-')
  return [...name.replace(/[^\p{L}\p{M}\p{N}_-]/gu, '')].slice(0, 32).join('')
}

function showDoor(room, problem = '') {
  sessionStorage.removeItem('inside')
  $('room').hidden = true
  $('door').hidden = false
  $('name').value = localStorage.getItem('name') ?? ''
  $('room-wanted').value = room || 'lobby'
  $('door-problem').textContent = problem
  $($('name').value === '' ? 'name' : 'room-wanted').focus()
}

/** Goes to the room in the address, through the door unless this tab has been in a room just now. */
function arrive() {
  const room = roomInAddress()
  if (room !== '' && room === place?.room) return
  leave()
  const name = localStorage.getItem('name')
  if (room === '' || name === null || sessionStorage.getItem('inside') === null) showDoor(room)
  else enter(room, name)
}

$('join').onsubmit = (event) => {
  event.preventDefault()
  const room = roomNamed($('room-wanted').value)
  if (room === '') {
    $('door-problem').textContent = 'The name of a room needs letters or digits.'
    return
  }
  localStorage.setItem('name', $('name').value.trim())
  sessionStorage.setItem('inside', 'yes')
  if (roomInAddress() === room) arrive()
  else location.hash = encodeURIComponent(room)
}

$('leave').onclick = () => {
  const { room } = place
  leave()
  showDoor(room)
}
$('retry').onclick = () => place.visit.retry()
$('copy').onclick = async () => {
  const copying = navigator.clipboard.writeText(location.href)
  $('copy').textContent = await copying.then(
    () => 'Copied',
    () => 'Not allowed',
  )
  setTimeout(() => {
    $('copy').textContent = 'Copy link'
  }, 2_000)
}
// Only there on pages from this machine or over TLS.
$('copy').hidden = navigator.clipboard === undefined
addEventListener('hashchange', arrive)
arrive()
