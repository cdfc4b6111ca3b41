using System.Diagnostics;
using System.IO.Compression;
using Slipway.Content;

namespace Slipway.Build.Copying;

/// <summary>Opens what an archive's compression hides, told by its first bytes: gzip here; bzip2, xz and zstd by the programs that Debian has for them.</summary>
internal static class Decompression
{
    private static readonly (byte[] Magic, string Program)[] Programs =
    [
        ([0x42, 0x5A, 0x68], "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
    ];

    /// <summary>The plain bytes. Disposing it ends the program.</summary>
    /// <param name="compressed">At its start; stays the caller's.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Unavailable"/>: the program is not installed.</exception>
    public static Stream Open(Stream compressed)
    {
        byte[] head = new byte[6];
        int length = compressed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        compressed.Position = 0;
        if (length >= 2 && head[0] == 0x1F && head[1] == 0x8B)
        {
            return new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        }

        string? program = Programs.FirstOrDefault(known => head.AsSpan(0, length).StartsWith(known.Magic)).Program;
        return program is null ? compressed : new ProgramStream(Start(program), compressed);
    }

    private static Process Start(string program)
    {
        ProcessStartInfo start = new(program, ["-d", "-c"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new SlipwayException(
                ErrorKind.Unavailable, $"{program} is not installed on the server, and the archive needs it", $"Install it as root: apt-get install {(program == "xz" ? "xz-utils" : program)}", fault);
        }
    }

    /// <summary>What a program makes of the bytes that it is fed meanwhile.</summary>
    private sealed class ProgramStream : Stream
    {
        private readonly Process _process;
        private readonly Stream _output;
        private readonly Thread _feeding;

        public ProgramStream(Process process, Stream compressed)
        {
            _process = process;
            _output = process.StandardOutput.BaseStream;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            _feeding = new Thread(() => Feed(process, compressed)) { IsBackground = true };
            _feeding.Start();
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int read = _output.Read(buffer);
            if (read == 0 && buffer.Length > 0)
            {
                _process.WaitForExit();
                if (_process.ExitCode != 0)
                {
                    throw new SlipwayException(ErrorKind.InvalidArgument, $"{_process.StartInfo.FileName} cannot read the archive: it is damaged");
                }
            }

            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                if (!_process.HasExited)
                {
                    _process.Kill();
                }

                _feeding.Join();
                _process.Dispose();
            }

            base.Dispose(disposing);
        }

        private static void Feed(Process process, Stream compressed)
        {
            try
            {
                using Stream input = process.StandardInput.BaseStream;
                compressed.CopyTo(input);
            }
            catch (IOException)
            {
                // The program has read enough, or was ended.
            }
        }
    }
}
