// Shrinks photos on the phone before they are sent, so that posting works on a slow network.
// Only a convenience: the server checks and re-encodes every photo anyway.
const LONGEST = 1600;
const QUALITY = 0.85;
const WORTH_IT = 300 * 1024;

async function shrink(file) {
  if (file.size < WORTH_IT || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

const size = (bytes) => (bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB` : `${Math.ceil(bytes / 1024)} kB`);

for (const input of document.querySelectorAll("input[type=file][data-photo]")) {
  const status = document.createElement("p");
  status.className = "help";
  status.setAttribute("role", "status");
  input.after(status);
  input.addEventListener("change", async () => {
    const [file] = input.files;
    status.textContent = "";
    if (!file) return;
    try {
      const small = await shrink(file);
      if (small === file || input.files[0] !== file) return;
      const bag = new DataTransfer();
      bag.items.add(small);
      input.files = bag.files;
      status.textContent = `Foto diperkecil dari ${size(file.size)} menjadi ${size(small.size)}.`;
    } catch {
      // Not a picture this browser reads: it is sent as it is and the server answers.
    }
  });
}
