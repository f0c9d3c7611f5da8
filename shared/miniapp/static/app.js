import { call, post, signIn } from "./bridge.js";

await signIn();
document.getElementById("page").innerHTML = await (await call("/home")).text();
post("web_app_ready");
