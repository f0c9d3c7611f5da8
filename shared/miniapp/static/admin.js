// The code of a link from the bot stands behind its #, which no browser sends: put it into the form, and out of the address.
const code = location.hash.slice(1);
if (code) {
  document.getElementById("code").value = code;
  history.replaceState(null, "", location.pathname);
}
