using System.Globalization;
using System.Text;

namespace Slipway.Engine;

/// <summary>Writes what a process says in the form that conmon writes and <see cref="K8sLog"/> reads; from several threads.</summary>
internal sealed class K8sLogWriter(string path, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    public void Write(StreamKind kind, ReadOnlySpan<byte> content)
    {
        string head = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00+00:00'", CultureInfo.InvariantCulture) + (kind == StreamKind.Stdout ? " stdout " : " stderr ");
        lock (_gate)
        {
            while (!content.IsEmpty)
            {
                int newline = content.IndexOf((byte)'\n');
                bool isWhole = newline >= 0;
                ReadOnlySpan<byte> line = isWhole ? content[..newline] : content;
                content = isWhole ? content[(newline + 1)..] : default;
                _file.Write(Encoding.ASCII.GetBytes(head + (isWhole ? "F " : "P ")));
                _file.Write(line);
                _file.WriteByte((byte)'\n');
            }

            _file.Flush();
        }
    }

    public void Dispose() => _file.Dispose();
}
