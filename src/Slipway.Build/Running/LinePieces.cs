using System.Text;

namespace Slipway.Build.Running;

/// <summary>
/// Text out of the pieces in which a process's output comes, so that no line is cut where a piece ends: the beginning of a line at the end of a piece waits for its
/// rest. A piece that has no end of a line (a prompt, a bar that moves) is passed on as it is.
/// </summary>
internal sealed class LinePieces
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private string _held = "";

    public string Take(ReadOnlySpan<byte> piece)
    {
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(piece.Length)];
        string text = _held + new string(characters, 0, _decoder.GetChars(piece, characters, flush: false));
        int end = text.LastIndexOf('\n') + 1;
        _held = end > 0 ? text[end..] : "";
        return end > 0 ? text[..end] : text;
    }

    /// <summary>What waits, once nothing more comes.</summary>
    public string Finish()
    {
        string rest = _held;
        _held = "";
        return rest;
    }
}
