using Slipway.Build.Dockerfiles;
using Slipway.Content;

namespace Slipway.Build.Planning;

/// <summary>The values of <c>--chmod</c> and <c>--checksum</c>.</summary>
internal static class FileMode
{
    public static int Parse(string text)
    {
        bool octal = text.Length is >= 3 and <= 5 && !text.AsSpan().ContainsAnyExceptInRange('0', '7');
        int mode = octal ? Convert.ToInt32(text, 8) : -1;
        return mode is >= 0 and <= 0xFFF
            ? mode
            : throw new DockerfileSyntaxException($"--chmod={text} is not an octal mode", "write for example --chmod=755; symbolic modes are not supported yet");
    }

    public static Digest ParseChecksum(string text) => Digest.TryParse(text, out Digest digest)
        ? digest
        : throw new DockerfileSyntaxException($"--checksum={text} is not a digest", "write sha256: and 64 hex digits");
}
