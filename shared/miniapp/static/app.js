import { signIn, ask } from "./bridge.js";

await signIn();
document.getElementById("page").innerHTML = await ask("/home");
