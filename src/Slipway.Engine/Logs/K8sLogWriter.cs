using System.Globalization;
using System.Text;

namespace Slipway.Engine;

/// <summary>Writes what a process says in the form that conmon writes and <see cref="K8sLog"/> reads; from several threads.</summary>
internal sealed class K8sLogWriter(string path, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _lines = new();

    /// <summary>Without a buffer of its own: what could not be written would be tried, and fail, once more at its end.</summary>
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <exception cref="IOException">The disk is full.</exception>
    public void Write(StreamKind kind, ReadOnlySpan<byte> content)
    {
        string head = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00+00:00'", CultureInfo.InvariantCulture) + (kind == StreamKind.Stdout ? " stdout " : " stderr ");
        lock (_gate)
        {
            _lines.SetLength(0);
            while (!content.IsEmpty)
            {
                int newline = content.IndexOf((byte)'\n');
                bool isWhole = newline >= 0;
                ReadOnlySpan<byte> line = isWhole ? content[..newline] : content;
                content = isWhole ? content[(newline + 1)..] : default;
                _lines.Write(Encoding.ASCII.GetBytes(head + (isWhole ? "F " : "P ")));
                _lines.Write(line);
                _lines.WriteByte((byte)'\n');
            }

            _file.Write(_lines.GetBuffer().AsSpan(0, (int)_lines.Length));
        }
    }

    public void Dispose() => _file.Dispose();
}
