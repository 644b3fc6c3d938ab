//! Real devices, through cpal: `PulseAudio` or ALSA on Linux, WASAPI on Windows, Core Audio on macOS.
//!
//! Callback lengths are asked for and never relied on; sample formats, rates and channels are taken as the device has
//! them, and converted on our side.

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, FromSample, Sample, SampleFormat, SizedSample, StreamConfig, SupportedStreamConfig,
};

use super::{
    Backend, BackendError, BackendErrorKind, DeviceId, DeviceInfo, DeviceList, Direction,
    ErrorSink, OpenStream,
};
use crate::downlink::PlaybackSink;
use crate::rt::raise_this_thread;
use crate::uplink::CaptureSink;

/// How long a device may take to open.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// Devices of the operating system.
pub struct CpalBackend {
    host: Option<cpal::Host>,
    input_frames: u32,
    output_frames: u32,
}

impl Default for CpalBackend {
    fn default() -> Self {
        Self::new(240, 240)
    }
}

impl CpalBackend {
    /// The system's devices, asked for callbacks of so many frames from microphones and from loudspeakers (240 are 5 ms).
    #[must_use]
    pub fn new(input_frames: u32, output_frames: u32) -> Self {
        Self {
            host: None,
            input_frames,
            output_frames,
        }
    }

    fn host(&mut self) -> &cpal::Host {
        // Where the preferred sound system was not there, it may be by now: a sound server that was started again must
        // not leave us on its replacement for ever.
        let preferred = cpal::available_hosts().first().copied();
        if self
            .host
            .as_ref()
            .is_some_and(|host| Some(host.id()) != preferred)
        {
            self.host = None;
        }
        self.host.get_or_insert_with(cpal::default_host)
    }

    fn find(
        &mut self,
        direction: Direction,
        id: Option<&DeviceId>,
    ) -> Result<cpal::Device, BackendError> {
        let host = self.host();
        let found = match (id, direction) {
            (Some(id), _) => {
                let devices = host.devices().map_err(|error| translate(&error))?;
                id.find(devices.filter(|device| is_of(device, direction)), device_id)
            }
            (None, Direction::Input) => default_microphone(host),
            (None, Direction::Output) => host.default_output_device(),
        };
        found.ok_or_else(|| {
            // The host may be a dead connection: the next try makes a new one.
            self.host = None;
            let what = id.map_or_else(
                || format!("no default {direction}"),
                |id| format!("no {direction} {id}"),
            );
            BackendError::new(BackendErrorKind::NotThere, what)
        })
    }
}

impl Backend for CpalBackend {
    fn again(&self) -> Box<dyn Backend> {
        Box::new(Self::new(self.input_frames, self.output_frames))
    }

    fn devices(&mut self) -> Result<DeviceList, BackendError> {
        let host = self.host();
        let default_input = default_microphone(host).and_then(|device| device_id(&device));
        let default_output = host
            .default_output_device()
            .and_then(|device| device_id(&device));
        let listed = host.devices().map_err(|error| translate(&error));
        if listed.is_err() {
            self.host = None;
        }
        let mut list = DeviceList::default();
        for device in listed? {
            let Some(id) = device_id(&device) else {
                continue;
            };
            let name = device
                .description()
                .map_or_else(|_| id.0.clone(), |known| known.name().to_owned());
            let info = |default: &Option<DeviceId>| DeviceInfo {
                is_default: default.as_ref() == Some(&id),
                id: id.clone(),
                name: name.clone(),
            };
            if is_of(&device, Direction::Input) {
                list.inputs.push(info(&default_input));
            }
            if is_of(&device, Direction::Output) {
                list.outputs.push(info(&default_output));
            }
        }
        Ok(list)
    }

    fn open_input(
        &mut self,
        id: Option<&DeviceId>,
        sink: CaptureSink,
        on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        let device = self.find(Direction::Input, id)?;
        let supported = device
            .default_input_config()
            .map_err(|error| translate(&error))?;
        let opening = Opening {
            device: &device,
            supported: &supported,
            on_error,
        };
        let config = opening.config(self.input_frames);
        let stream = match supported.sample_format() {
            SampleFormat::I8 => opening.input::<i8>(config, sink),
            SampleFormat::I16 => opening.input::<i16>(config, sink),
            SampleFormat::I24 => opening.input::<cpal::I24>(config, sink),
            SampleFormat::I32 => opening.input::<i32>(config, sink),
            SampleFormat::U8 => opening.input::<u8>(config, sink),
            SampleFormat::U16 => opening.input::<u16>(config, sink),
            SampleFormat::U32 => opening.input::<u32>(config, sink),
            SampleFormat::F32 => opening.input::<f32>(config, sink),
            SampleFormat::F64 => opening.input::<f64>(config, sink),
            other => Err(unsupported(other)),
        }?;
        started(&device, &config, stream, self.input_frames)
    }

    fn open_output(
        &mut self,
        id: Option<&DeviceId>,
        sink: PlaybackSink,
        on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        let device = self.find(Direction::Output, id)?;
        let supported = device
            .default_output_config()
            .map_err(|error| translate(&error))?;
        let opening = Opening {
            device: &device,
            supported: &supported,
            on_error,
        };
        let config = opening.config(self.output_frames);
        let stream = match supported.sample_format() {
            SampleFormat::I8 => opening.output::<i8>(config, sink),
            SampleFormat::I16 => opening.output::<i16>(config, sink),
            SampleFormat::I24 => opening.output::<cpal::I24>(config, sink),
            SampleFormat::I32 => opening.output::<i32>(config, sink),
            SampleFormat::U8 => opening.output::<u8>(config, sink),
            SampleFormat::U16 => opening.output::<u16>(config, sink),
            SampleFormat::U32 => opening.output::<u32>(config, sink),
            SampleFormat::F32 => opening.output::<f32>(config, sink),
            SampleFormat::F64 => opening.output::<f64>(config, sink),
            other => Err(unsupported(other)),
        }?;
        started(&device, &config, stream, self.output_frames)
    }
}

/// A device about to be opened.
struct Opening<'a> {
    device: &'a cpal::Device,
    supported: &'a SupportedStreamConfig,
    on_error: ErrorSink,
}

impl Opening<'_> {
    /// The device's own format with the callback length that we would like, as far as the device allows it.
    fn config(&self, frames: u32) -> StreamConfig {
        let buffer_size = match self.supported.buffer_size() {
            cpal::SupportedBufferSize::Range { min, max } => {
                BufferSize::Fixed(frames.clamp(*min, *max))
            }
            cpal::SupportedBufferSize::Unknown => BufferSize::Default,
        };
        StreamConfig {
            buffer_size,
            ..self.supported.config()
        }
    }

    fn input<T>(
        self,
        config: StreamConfig,
        mut sink: CaptureSink,
    ) -> Result<cpal::Stream, BackendError>
    where
        T: SizedSample,
        f32: FromSample<T>,
    {
        let channels = usize::from(config.channels);
        let on_error = once(self.on_error);
        let mut priority = CallbackPriority::default();
        self.device
            .build_input_stream(
                config,
                move |data: &[T], info: &cpal::InputCallbackInfo| {
                    priority.ask_once();
                    let times = info.timestamp();
                    sink.note_device_delay(times.callback.saturating_duration_since(times.capture));
                    sink.push(data, channels, |sample| f32::from_sample(sample));
                },
                on_error,
                Some(PATIENCE),
            )
            .map_err(|error| translate(&error))
    }

    fn output<T>(
        self,
        config: StreamConfig,
        mut sink: PlaybackSink,
    ) -> Result<cpal::Stream, BackendError>
    where
        T: SizedSample + FromSample<f32>,
    {
        let channels = usize::from(config.channels);
        let on_error = once(self.on_error);
        let mut priority = CallbackPriority::default();
        self.device
            .build_output_stream(
                config,
                move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
                    priority.ask_once();
                    let times = info.timestamp();
                    sink.note_device_delay(
                        times.playback.saturating_duration_since(times.callback),
                    );
                    sink.fill(data, channels, Sample::to_sample::<T>);
                },
                on_error,
                Some(PATIENCE),
            )
            .map_err(|error| translate(&error))
    }
}

/// The priority of a thread that calls back. Windows and macOS see to it themselves; on Linux the sound server's clients have
/// ordinary threads.
#[derive(Default)]
struct CallbackPriority {
    asked: bool,
}

impl CallbackPriority {
    /// Asks at the first callback.
    fn ask_once(&mut self) {
        if !std::mem::replace(&mut self.asked, true) && cfg!(target_os = "linux") {
            let _ = raise_this_thread();
        }
    }
}

/// Passes the first fatal error on and swallows the rest: some systems repeat it a hundred thousand times a second.
fn once(on_error: ErrorSink) -> impl FnMut(cpal::Error) + Send + 'static {
    let mut told = false;
    move |error| {
        use cpal::ErrorKind as Kind;
        let harmless = matches!(
            error.kind(),
            Kind::Xrun | Kind::RealtimeDenied | Kind::DeviceChanged
        );
        if !harmless && !told {
            told = true;
            on_error(translate(&error));
        }
    }
}

fn started(
    device: &cpal::Device,
    config: &StreamConfig,
    stream: cpal::Stream,
    callback_frames: u32,
) -> Result<OpenStream, BackendError> {
    if let Err(error) = stream.play() {
        drop_aside(stream);
        return Err(translate(&error));
    }
    let id = device_id(device).unwrap_or_else(|| DeviceId("unknown".to_owned()));
    let name = device
        .description()
        .map_or_else(|_| id.0.clone(), |known| known.name().to_owned());
    Ok(OpenStream {
        device: DeviceInfo {
            id,
            name,
            is_default: false,
        },
        rate: config.sample_rate,
        callback_frames,
        stream: Box::new(stream),
    })
}

/// Drops a stream where it may hang without harm.
fn drop_aside(stream: cpal::Stream) {
    // Without a thread to be had, the stream is dropped right here when the closure is.
    let _ = std::thread::Builder::new()
        .name("dialtone-audio-drop".to_owned())
        .spawn(move || drop(stream));
}

fn is_of(device: &cpal::Device, direction: Direction) -> bool {
    match direction {
        Direction::Input => device.supports_input(),
        Direction::Output => device.supports_output(),
    }
}

/// The system's microphone. Where none is left, `PulseAudio` offers what a loudspeaker plays, its monitor, instead: that would send
/// everybody's voice back to them, so it is taken only where somebody chooses it.
fn default_microphone(host: &cpal::Host) -> Option<cpal::Device> {
    host.default_input_device()
        .filter(|device| !device_id(device).is_some_and(|id| is_monitor(&id)))
}

/// Whether this is what a loudspeaker plays, by the name that `PulseAudio` gives to each sink's monitor.
fn is_monitor(id: &DeviceId) -> bool {
    id.0.starts_with("pulseaudio:") && id.0.ends_with(".monitor")
}

fn device_id(device: &cpal::Device) -> Option<DeviceId> {
    device.id().ok().map(|id| DeviceId(id.to_string()))
}

fn unsupported(format: SampleFormat) -> BackendError {
    BackendError::new(
        BackendErrorKind::Unsupported,
        format!("its sample format {format} is not known"),
    )
}

fn translate(error: &cpal::Error) -> BackendError {
    use cpal::ErrorKind as Kind;
    let kind = match error.kind() {
        Kind::DeviceNotAvailable => BackendErrorKind::NotThere,
        Kind::DeviceBusy | Kind::ResourceExhausted => BackendErrorKind::Busy,
        Kind::PermissionDenied => BackendErrorKind::NotAllowed,
        Kind::StreamInvalidated => BackendErrorKind::Rebuild,
        Kind::HostUnavailable => BackendErrorKind::SystemDown,
        Kind::UnsupportedConfig | Kind::UnsupportedOperation | Kind::InvalidInput => {
            BackendErrorKind::Unsupported
        }
        _ => BackendErrorKind::Other,
    };
    BackendError::new(kind, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_loudspeaker_plays_is_no_microphone_by_default() {
        let is = |id: &str| is_monitor(&DeviceId(id.to_owned()));
        assert!(is(
            "pulseaudio:alsa_output.pci-0000_00_1f.3.analog-stereo.monitor"
        ));
        assert!(!is("pulseaudio:alsa_input.pci-0000_00_1f.3.analog-stereo"));
        assert!(!is("alsa:monitor"));
    }

    #[test]
    fn what_the_system_says_becomes_what_can_be_done_about_it() {
        use cpal::ErrorKind as Kind;
        for (system, ours) in [
            (Kind::DeviceNotAvailable, BackendErrorKind::NotThere),
            (Kind::DeviceBusy, BackendErrorKind::Busy),
            (Kind::ResourceExhausted, BackendErrorKind::Busy),
            (Kind::PermissionDenied, BackendErrorKind::NotAllowed),
            (Kind::StreamInvalidated, BackendErrorKind::Rebuild),
            (Kind::HostUnavailable, BackendErrorKind::SystemDown),
            (Kind::UnsupportedConfig, BackendErrorKind::Unsupported),
            (Kind::InvalidInput, BackendErrorKind::Unsupported),
            (Kind::Other, BackendErrorKind::Other),
        ] {
            let told = translate(&cpal::Error::with_message(system, "card 0"));
            assert_eq!(told.kind, ours, "{system:?}");
            assert!(told.message.contains("card 0"), "{told:?}");
        }
    }

    #[test]
    fn only_what_ends_a_stream_is_told_and_only_once() {
        use std::sync::{Arc, Mutex};
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let mut on_error = once(Arc::new(move |error: BackendError| {
            heard.lock().unwrap().push(error.kind);
        }));
        for kind in [
            cpal::ErrorKind::Xrun,
            cpal::ErrorKind::RealtimeDenied,
            cpal::ErrorKind::DeviceNotAvailable,
            cpal::ErrorKind::DeviceBusy,
        ] {
            on_error(cpal::Error::new(kind));
        }
        assert_eq!(*told.lock().unwrap(), [BackendErrorKind::NotThere]);
    }
}
